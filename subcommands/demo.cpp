// demo
#include "argus/command.h"
namespace argus {
namespace {
class Demo final : public Command {
 public:
  Page page() const override { return {"", "", {}, ""}; }
  void declare(OptionSet&) override {}
  Result<Exit> run(Io&) override { return Exit::done; }
};
}  // namespace
ARGUS_COMMAND(demo, Demo)
}  // namespace argus
