// Any bytes as text from outside: nothing that drives a terminal comes out, what is safe stays, JSON strings keep their
// quotes.
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "base/time.h"

using namespace argus;

namespace {

// Plain bytes only, and none of the two-byte controls.
bool is_quiet(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
  }
  return true;
}

void check_json(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  if (out.size() < 2 || out.front() != '"' || out.back() != '"' || !is_quiet(out)) std::abort();
  for (std::size_t i = 1; i + 1 < out.size(); i++) {
    if (out[i] == '"') std::abort();
    if (out[i] != '\\') continue;
    const char next = out[++i];
    if (next == 'u') i += 4;
    else if (next != '"' && next != '\\') std::abort();
    if (i + 1 >= out.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65536) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string safe = escaped(text);
  if (!is_quiet(safe) || escaped(safe) != safe || safe.size() < text.size()) std::abort();
  check_json(text);
  std::string time;
  append_time(1'795'438'927'214'530'999, {TimeStyle::Form::strftime, 6, text.substr(0, 64)}, time);
  if (!is_quiet(time)) std::abort();
  for (const std::string_view word : split_words(text, ", \n"))
    if (word.empty() || word.find_first_of(", \n") != std::string_view::npos) std::abort();
  (void)did_you_mean(text, {"bytes", "sbytes", "saddr"});
  return 0;
}
