// Files that are looked at rather than asked: the same words in info and check.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"
#include "source/inspect.h"

namespace argus {

class NamedFiles {
 public:
  // FILE... as words or behind -r; sensors, interfaces and time ranges are refused, with what to do instead.
  void declare(OptionSet& options);
  // Looks at each file and hands on what is found, files of folders in the order of their names; where nothing is
  // named, at standard input. What cannot be read is printed, `unread` told of it, and left: the worst of that is
  // given. Files of folders that are no input are passed over in one line.
  struct Taker {
    std::function<Result<>(const InputFacts&)> facts;
    std::function<Result<>(const std::string& name, const Error&)> unread;  // may be empty: it is printed
  };
  [[nodiscard]] Result<Exit> inspect_each(Io& io, InspectOptions options, const Taker& take) const;

 private:
  struct Named {
    std::string path;
    bool of_folder = false;
  };
  [[nodiscard]] Result<std::vector<Named>> files(const Io& io, std::vector<Error>& problems) const;

  std::vector<std::string> words_, read_;
  bool all_calls_ = false;
};

}  // namespace argus
