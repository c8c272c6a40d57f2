#include "import/json_line.h"

#include <simdjson.h>

#include "base/text.h"
#include "import/lines.h"

namespace argus {

static_assert(Lines::kPadding >= simdjson::SIMDJSON_PADDING);

struct JsonLine::Parser {
  simdjson::ondemand::parser parser;
};

JsonLine::JsonLine() : parser_(std::make_unique<Parser>()) {}
JsonLine::JsonLine(JsonLine&&) noexcept = default;
JsonLine& JsonLine::operator=(JsonLine&&) noexcept = default;
JsonLine::~JsonLine() = default;

bool JsonLine::walk(std::string_view line, void* to, Call call) {
  using namespace simdjson;
  const padded_string_view padded(line.data(), line.size(), line.size() + Lines::kPadding);
  ondemand::document document;
  ondemand::object object;
  if (parser_->parser.iterate(padded).get(document) || document.get_object().get(object)) return false;
  for (auto member : object) {
    ondemand::field field;
    std::string_view key, text;
    ondemand::json_type type{};
    if (std::move(member).get(field) || field.unescaped_key().get(key)) return false;
    ondemand::value value = field.value();
    if (value.type().get(type)) return false;
    switch (type) {
      case ondemand::json_type::string:
        if (value.get_string().get(text)) return false;
        call(to, key, text, Kind::text);
        break;
      case ondemand::json_type::number:
      case ondemand::json_type::boolean: call(to, key, without_blanks(value.raw_json_token()), Kind::bare); break;
      case ondemand::json_type::null: break;
      default: call(to, key, {}, Kind::other);
    }
  }
  return document.current_location().error() == OUT_OF_BOUNDS;  // nothing is behind the object
}

}  // namespace argus
