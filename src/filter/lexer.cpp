#include "filter/lexer.h"

#include "base/text.h"

namespace argus {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_symbol(char c) { return std::string_view("(){},!&|=<>\"").find(c) != std::string_view::npos; }

}  // namespace

Result<std::vector<Token>> filter_tokens(std::string_view text, FilterFault& fault) {
  std::vector<Token> out;
  std::size_t at = 0;
  const auto push = [&](Token::Kind kind, std::size_t length) {
    out.push_back({kind, std::string(text.substr(at, length)), at, length});
    at += length;
  };
  while (at < text.size()) {
    if (is_blank(text[at])) {
      at++;
      continue;
    }
    if (text[at] == '"') {
      const auto end = text.find('"', at + 1);
      if (end == std::string_view::npos) {
        fault = {at, 1, "a '\"' is never closed", ""};
        return fail(Errc::usage, "{}", fault.text);
      }
      out.push_back({Token::Kind::string, std::string(text.substr(at + 1, end - at - 1)), at, end + 1 - at});
      at = end + 1;
      continue;
    }
    if (is_symbol(text[at])) {
      const std::string_view two = text.substr(at, 2);
      const bool pair = two == "&&" || two == "||" || two == "==" || two == "!=" || two == "<=" || two == ">=";
      if (!pair && text[at] == '|') {
        fault = {at, 1, "a single '|' means nothing", "write 'or' or '||'"};
        return fail(Errc::usage, "{}", fault.text);
      }
      push(Token::Kind::symbol, pair ? 2 : 1);
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end]) && !is_symbol(text[end])) end++;
    push(Token::Kind::word, end - at);
    // A keyword used as a name is escaped, as in tcpdump.
    if (out.back().text.size() > 1 && out.back().text[0] == '\\') out.back().text.erase(0, 1);
  }
  out.push_back({Token::Kind::end, "", text.size(), 1});
  return out;
}

}  // namespace argus
