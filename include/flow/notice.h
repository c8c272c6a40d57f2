// What a source tells people while it is read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace argus {

struct Notice {
  enum class About : std::uint8_t { anything, sensor_away, sensor_back };

  std::string text;       // a sentence with its subject: "sensor1: connected again 12:00:00 after 3 s"
  std::string hint = {};  // what to do about it, on lines of its own; or empty
  About about = About::anything;
  std::string sensor = {};  // that is away, or back: by the name under which it is read
};
using NoticeTaker = std::function<void(const Notice&)>;

// The text, and the hint on the lines below it.
[[nodiscard]] inline std::string whole_text(const Notice& notice) {
  return notice.hint.empty() ? notice.text : notice.text + '\n' + notice.hint;
}

}  // namespace argus
