// version: which argus this is.
#include "argus/command.h"
#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

class Version final : public Command {
 public:
  Page page() const override { return {"", "Prints the version of the program.", {}, ""}; }
  void declare(OptionSet&) override {}
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(io.out.write(std::string_view("argus " ARGUS_VERSION "\n")));
    return Exit::done;
  }
};

}  // namespace

ARGUS_COMMAND(version, Version)

}  // namespace argus
