// Outside trouble as a value. A function that can fail because of the world (files, input, wishes) gives a Result;
// a bug is an assertion. Nothing here throws.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace argus {

// What kind of trouble; main turns it into the exit status (docs/commands/README.md).
enum class Errc : std::uint8_t {
  usage,        // a wrong request: option, field, filter, time, rule. Exit 2
  io,           // a file, pipe or device could not be opened, read or written. Exit 1
  foreign,      // input that is not ours to read, or a newer format. Exit 1
  unsupported,  // a link type or feature this build does not have. Exit 1
  limit,        // a bound was reached that makes the answer impossible. Exit 1
  corrupt,      // damaged input. Exit 3
  closed,       // the reader of our output went away. Exit 0, silently
  denied,       // the other side or the system does not let us: no such key, no permission. Exit 1
  turned_away,  // the other side has no place for one more, now. Exit 1
  interrupted,  // the wish to end came first. Exit 130 or 143 in the middle of input that has an end, else 0
  harmless,     // nothing is wrong, and it is worth saying. Exit 0
};

struct Error {
  Errc code = Errc::io;
  std::string text;  // lower case, no full stop; says what and where, and for usage what would be right
  std::string hint;  // what to do about it, on lines of its own; or empty
};

template <class T = void>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  template <class U>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
           !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, Result>)
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  explicit operator bool() const { return state_.index() == 0; }
  [[nodiscard]] T& operator*() & { return std::get<0>(state_); }
  [[nodiscard]] const T& operator*() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& operator*() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] T* operator->() { return &std::get<0>(state_); }
  [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }
  [[nodiscard]] Error& error() { return std::get<1>(state_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), good_(false) {}
  explicit operator bool() const { return good_; }
  [[nodiscard]] Error& error() { return error_; }
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  Error error_;
  bool good_ = true;
};

template <class... Args>
[[nodiscard]] Error fail(Errc code, fmt::format_string<Args...> format, Args&&... args) {
  return Error{code, fmt::format(format, std::forward<Args>(args)...), {}};
}

// The error with what to do about it: "there are: eth0, lo".
[[nodiscard]] inline Error hinted(Error error, std::string hint) {
  error.hint = std::move(hint);
  return error;
}

// Adds the place on the way up: "day.flows: block 3: bad checksum". An empty place adds nothing.
[[nodiscard]] inline Error while_doing(std::string_view place, Error error) {
  if (!place.empty()) error.text = fmt::format("{}: {}", place, error.text);
  return error;
}

// Adds what follows from it, behind the text and before the hint: "connection refused; it is tried again".
[[nodiscard]] inline Error with_outcome(Error error, std::string_view outcome) {
  error.text.append("; ").append(outcome);
  return error;
}

// All that people are told: the text, and the hint on the lines below it.
[[nodiscard]] inline std::string whole_text(const Error& error) {
  return error.hint.empty() ? error.text : error.text + '\n' + error.hint;
}

}  // namespace argus

#define ARGUS_CONCAT_INNER(a, b) a##b
#define ARGUS_CONCAT(a, b)       ARGUS_CONCAT_INNER(a, b)

// Hands an error of `...` up to the caller.
#define ARGUS_TRY(...)                                     \
  do {                                                     \
    auto argus_done = (__VA_ARGS__);                       \
    if (!argus_done) return std::move(argus_done.error()); \
  } while (false)

#define ARGUS_TRY_LET_INNER(name, decl, ...) \
  auto name = (__VA_ARGS__);                 \
  if (!name) return std::move(name.error()); \
  decl = *std::move(name)

// ARGUS_TRY_LET(auto file, open(path)): the value, or the error to the caller.
#define ARGUS_TRY_LET(decl, ...) ARGUS_TRY_LET_INNER(ARGUS_CONCAT(argus_result_, __LINE__), decl, __VA_ARGS__)
