// Members of a JSON object on a line of its own; the only door to simdjson.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace argus {

class JsonLine {
 public:
  enum class Kind { text, bare, other };  // a string, undone; a number or a truth as it stands; a list or an object
  JsonLine();
  JsonLine(JsonLine&&) noexcept;
  JsonLine& operator=(JsonLine&&) noexcept;
  ~JsonLine();

  // Calls visit(key, text, kind) for each member that is not null; views live until the next call. False where the line
  // is not one whole object; members before that were visited. Lines::kPadding bytes can be read behind the line.
  template <class Visit>
  [[nodiscard]] bool each(std::string_view line, Visit&& visit) {
    return walk(line, &visit, [](void* to, std::string_view key, std::string_view text, Kind kind) {
      (*static_cast<std::remove_reference_t<Visit>*>(to))(key, text, kind);
    });
  }

 private:
  using Call = void (*)(void*, std::string_view, std::string_view, Kind);
  [[nodiscard]] bool walk(std::string_view line, void* to, Call call);

  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace argus
