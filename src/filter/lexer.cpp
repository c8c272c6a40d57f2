#include "filter/lexer.h"

#include <algorithm>

#include "base/text.h"
#include "flow/community_id.h"

namespace argus {

namespace {

constexpr std::string_view kSymbols = "(){},!&|=<>\"[];^`$?'";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_word(char c) { return !is_blank(c) && !is_control(c) && kSymbols.find(c) == std::string_view::npos; }

int hex_digit(char c) {
  const auto at = std::string_view("0123456789abcdef").find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

class Lexer {
 public:
  Lexer(std::string_view text, FilterFault& fault) : text_(text), fault_(fault) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_blank(c)) at_++;
      else if (arrow() || community_id()) continue;
      else if (!(c == '"' ? quoted() : c == '@' ? file() : is_word(c) ? word() : symbol())) return {};
    }
    out_.push_back({Token::Kind::end, "", text_.size()});
    return std::move(out_);
  }

 private:
  bool wrong(std::size_t at, std::size_t length, std::string text, std::string hint = "") {
    fault_ = {at, length, std::move(text), std::move(hint)};
    return false;
  }

  // A value of dir: "->", "<?>", "?".
  bool arrow() {
    const std::size_t end = std::min(text_.find_first_not_of("<->?", at_), text_.size());
    const std::string_view all = text_.substr(at_, end - at_);
    const bool ends =
        end == text_.size() || is_blank(text_[end]) || std::string_view(",)}").find(text_[end]) != all.npos;
    if (!ends ||
        (all != "?" && (all.size() < 2 || all.find_first_of("<>?") == all.npos || all.find_first_of("-?") == all.npos)))
      return false;
    out_.push_back({Token::Kind::text, std::string(all), at_, all.size()});
    at_ = end;
    return true;
  }

  // A value of cid: it ends with a '='.
  bool community_id() {
    const std::size_t length = community_id_length(text_.substr(at_));
    if (length == 0) return false;
    out_.push_back({Token::Kind::text, std::string(text_.substr(at_, length)), at_, length});
    at_ += length;
    return true;
  }

  bool word() {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) end++;
    // A keyword used as a name is escaped, as in tcpdump: proto \tcp.
    const bool escape = text_[at_] == '\\' && end - at_ > 1;
    std::string name(text_.substr(at_ + (escape ? 1 : 0), end - at_ - (escape ? 1 : 0)));
    out_.push_back({escape ? Token::Kind::text : Token::Kind::word, std::move(name), at_, end - at_});
    at_ = end;
    return true;
  }

  // @bad.txt, @"bad list.txt"
  bool file() {
    const std::size_t at = at_++;
    const bool named = at_ < text_.size() && (text_[at_] == '"' || is_word(text_[at_]));
    if (!named) return wrong(at, 1, "the name of a file is missing after '@'");
    if (!(text_[at_] == '"' ? quoted() : word())) return false;
    Token& token = out_.back();
    if (token.text.empty()) return wrong(at, at_ - at, "the name of a file is missing after '@'");
    token.kind = Token::Kind::file;
    token.length = at_ - at;
    token.at = at;
    return true;
  }

  // "a \"b\" \\ \x07"
  bool quoted() {
    std::string value;
    for (std::size_t i = at_ + 1; i < text_.size(); i++) {
      const char c = text_[i];
      if (c == '"') {
        out_.push_back({Token::Kind::text, std::move(value), at_, i + 1 - at_});
        at_ = i + 1;
        return true;
      }
      if (c != '\\' || i + 1 == text_.size()) {
        value += c;
        continue;
      }
      const char next = text_[++i];
      const bool coded =
          next == 'x' && i + 2 < text_.size() && hex_digit(text_[i + 1]) >= 0 && hex_digit(text_[i + 2]) >= 0;
      if (!coded) {
        value += next;
        continue;
      }
      value += static_cast<char>(hex_digit(text_[i + 1]) << 4 | hex_digit(text_[i + 2]));
      i += 2;
    }
    return wrong(at_, 1, "'\"' is never closed");
  }

  bool symbol() {
    const char c = text_[at_];
    if (is_control(c)) return wrong(at_, 1, "a control character");
    if (c == '[' || c == ']')
      return wrong(at_, 1, "records hold no packet bytes to look at with '['",
                   "compare fields instead: argus help fields");
    const std::string_view two = text_.substr(at_, 2);
    const bool pair = two == "&&" || two == "||" || two == "==" || two == "!=" || two == "<=" || two == ">=" ||
                      two == "=~" || two == "!~";
    if (!pair && c == '|') return wrong(at_, 1, "a single '|' means nothing", "write 'or' or '||'");
    if (!pair && std::string_view("(){},!&=<>").find(c) == std::string_view::npos)
      return wrong(at_, 1, fmt::format("unexpected character '{}'", c));
    const std::size_t length = pair ? 2 : 1;
    out_.push_back({Token::Kind::symbol, std::string(text_.substr(at_, length)), at_, length});
    at_ += length;
    return two == "=~" || two == "!~" ? pattern() : true;
  }

  // Behind =~ and !~: /.../ with \/ for a slash, i behind it for any case. Else what follows is a word or quoted.
  bool pattern() {
    while (at_ < text_.size() && is_blank(text_[at_])) at_++;
    if (at_ == text_.size() || text_[at_] != '/') return true;
    Token out{Token::Kind::pattern, {}, at_, 1};
    for (std::size_t i = at_ + 1; i < text_.size(); i++) {
      const char c = text_[i];
      if (is_control(c)) return wrong(i, 1, "a control character", "write \\xNN, with its hexadecimal digits");
      if (c == '/') {
        out.any_case = i + 1 < text_.size() && text_[i + 1] == 'i';
        at_ = i + (out.any_case ? 2u : 1u);
        out.length = at_ - out.at;
        out_.push_back(std::move(out));
        return true;
      }
      if (c != '\\' || i + 1 == text_.size()) {
        out.text += c;
        continue;
      }
      const char next = text_[++i];
      if (next != '/') out.text += c;
      out.text += next;
    }
    return wrong(at_, 1, "'/' is never closed");
  }

  std::string_view text_;
  FilterFault& fault_;
  std::size_t at_ = 0;
  std::vector<Token> out_;
};

}  // namespace

std::vector<Token> filter_tokens(std::string_view text, FilterFault& fault) { return Lexer(text, fault).run(); }

}  // namespace argus
