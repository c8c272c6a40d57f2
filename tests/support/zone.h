// The local zone of a test.
#pragma once

#include <cstdlib>
#include <ctime>
#include <string>

#include "base/time.h"

namespace argus {

// Of the process, until it goes.
class Zone {
 public:
  explicit Zone(const char* name) {
    if (const char* old = std::getenv("TZ")) before_ = old;
    else unset_ = true;
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    if (unset_) ::unsetenv("TZ");
    else ::setenv("TZ", before_.c_str(), 1);
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

 private:
  std::string before_;
  bool unset_ = false;
};

inline Nanos utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  std::tm t{};
  t.tm_year = year - 1900, t.tm_mon = month - 1, t.tm_mday = day;
  t.tm_hour = hour, t.tm_min = minute, t.tm_sec = second;
  return static_cast<Nanos>(::timegm(&t)) * kSecond;
}

}  // namespace argus
