#include <catch2/catch.hpp>
#include <map>

#include "base/file.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/type.h"
#include "sink/text.h"
#include "support/flow_builder.h"
#include "support/written.h"

using namespace argus;

namespace {

// A strict reader of one flat JSON object (RFC 8259): strings decoded, numbers as they are written.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::map<std::string, std::string> object() {
    std::map<std::string, std::string> out;
    take('{');
    if (peek() != '}') {
      do {
        const std::string key = string();
        take(':');
        const std::string value = peek() == '"' ? string() : number();
        CAPTURE(key);
        REQUIRE(out.emplace(key, value).second);
      } while (more());
    }
    take('}');
    REQUIRE(text_.empty());
    return out;
  }

 private:
  char peek() const { return text_.empty() ? '\0' : text_[0]; }
  void take(char c) {
    REQUIRE(peek() == c);
    text_.remove_prefix(1);
  }
  bool more() {
    if (peek() != ',') return false;
    take(',');
    return true;
  }
  std::string string() {
    std::string out;
    take('"');
    while (peek() != '"') {
      REQUIRE_FALSE(text_.empty());
      REQUIRE(static_cast<unsigned char>(peek()) >= 0x20);
      if (peek() != '\\') {
        out += peek();
        text_.remove_prefix(1);
        continue;
      }
      take('\\');
      if (peek() == '"' || peek() == '\\') {
        out += peek();
        text_.remove_prefix(1);
        continue;
      }
      take('u');
      REQUIRE(text_.size() >= 4);
      out += static_cast<char>(std::stoul(std::string(text_.substr(0, 4)), nullptr, 16));  // enough below U+0100
      text_.remove_prefix(4);
    }
    take('"');
    return out;
  }
  std::string digits() {
    std::string out;
    while (peek() >= '0' && peek() <= '9') {
      out += peek();
      text_.remove_prefix(1);
    }
    REQUIRE_FALSE(out.empty());
    return out;
  }
  std::string number() {
    std::string out;
    if (peek() == '-') out += '-', text_.remove_prefix(1);
    const std::string whole = digits();
    if (whole.size() > 1) REQUIRE(whole[0] != '0');
    out += whole;
    if (peek() == '.') {
      text_.remove_prefix(1);
      out += '.' + digits();
    }
    return out;
  }

  std::string_view text_;
};

std::vector<std::map<std::string, std::string>> objects(std::string_view text) {
  std::vector<std::map<std::string, std::string>> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    REQUIRE(end != std::string_view::npos);
    out.push_back(Reader(text.substr(0, end)).object());
    text.remove_prefix(end + 1);
  }
  return out;
}

MakeSink json(std::vector<std::string> columns = {}, TextStyle style = {}) {
  TextOptions options;
  options.column_words = std::move(columns);
  options.style = std::move(style);
  return [options](File& out) { return json_sink(out, options); };
}

}  // namespace

TEST_CASE("JSON is one object a line: numbers as numbers, absent keys left out") {
  const Batch batch = batch_of({
      row()
          .with(Field::stime, 1'795'438'927'214'530'999)
          .with(Field::ltime, 1'795'438'932'345'269'000)
          .with(Field::proto, 6)
          .with(Field::saddr, "192.0.2.14")
          .with(Field::dport, 443)
          .with(Field::sbytes, UINT64_MAX),
      row().with(Field::proto, 0x806),
      row(),
  });
  CHECK(written(json({"stime", "dur", "proto", "saddr", "sport", "dport", "sbytes", "tcprtt"}), {batch}) ==
        R"({"stime":"2026-11-23T13:02:07.214530999Z","dur":5.130738001,"proto":"tcp",)"
        R"("saddr":"192.0.2.14","dport":443,"sbytes":18446744073709551615})"
        "\n"
        R"({"proto":"arp"})"
        "\n{}\n");
  CHECK(written(json(), {}).empty());
}

TEST_CASE("epoch times keep their nine digits as text, protocols become numbers in quotes when asked") {
  TextStyle style;
  style.names = Names::none;
  style.time.form = TimeStyle::Form::epoch;
  const Batch batch = batch_of({row().with(Field::stime, 1'795'438'927'214'530'999).with(Field::proto, 6)});
  CHECK(written(json({"stime", "proto"}, style), {batch}) == "{\"stime\":\"1795438927.214530999\",\"proto\":\"6\"}\n");
}

TEST_CASE("text is there when it is empty, and escaped once") {
  const Batch batch = batch_of({row().with(Field::srcid, ""), row().with(Field::srcid, "a\"\\\x1b\n")});
  CHECK(written(json({"srcid"}), {batch}) ==
        "{\"srcid\":\"\"}\n"
        R"({"srcid":"a\"\\\u001b\u000a"})"
        "\n");
}

TEST_CASE("a column asked for twice is one key") {
  CHECK(written(json({"spkts", "saddr", "spkts"}), {batch_of({row().with(Field::spkts, 1)})}) == "{\"spkts\":1}\n");
}

TEST_CASE("JSON of any records is read back, with the keys that are present") {
  std::mt19937_64 random(5);
  std::vector<std::string> all;
  for (const FieldInfo& field : all_fields()) all.emplace_back(field.name);
  std::vector<Row> rows;
  for (int i = 0; i < 300; i++) {
    std::string name;
    for (std::size_t n = random() % 16; n > 0; n--) name += static_cast<char>(random() % 0x80);
    rows.push_back(random_row(random, i % 2 == 0).with(Field::srcid, name));
  }
  const Batch batch = batch_of(rows);
  const auto read = objects(written(json(all), {batch}));
  REQUIRE(read.size() == rows.size());
  for (const FieldInfo& field : all_fields()) {
    const Column column = column_of(batch, field.field);
    for (std::size_t i = 0; i < rows.size(); i++) {
      CAPTURE(field.name, i);
      const auto found = read[i].find(std::string(field.name));
      REQUIRE((found != read[i].end()) == column.has(i));
      if (!column.has(i)) continue;
      if (field.field == Field::srcid) REQUIRE(found->second == column.at<std::string>(i));
      if (field.type == Type::u64 && field.format == Format::amount)
        REQUIRE(found->second == std::to_string(column.at<std::uint64_t>(i)));
    }
  }
}
