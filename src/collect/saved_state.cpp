// A line each: the head, then for each domain its exporter, and what it said.
//   argus exporters 1
//   domain ADDRESS ODID PROTOCOL
//   template ID SCOPES HOUR ENTERPRISE:ELEMENT:LENGTH...
//   sampler ID RATE        of all packets: - RATE
//   app ID NAME            in hexadecimal
//   boot NANOSECONDS
#include "collect/saved_state.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <vector>

#include "base/address.h"
#include "base/text.h"
#include "base/time.h"
#include "base/time_range.h"
#include "collect/template.h"

namespace argus {

namespace {

constexpr std::string_view kHead = "argus exporters 1";

void append_hex(std::string_view text, std::string& out) {
  for (const char c : text) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string out;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) return std::nullopt;
    out += static_cast<char>(value);
  }
  return out;
}

void append_domain(const Domain& domain, std::string& out) {
  const DomainKey& key = domain.key();
  out += fmt::format("domain {} {} {}\n", to_text(key.exporter), key.odid, static_cast<unsigned>(key.protocol));
  std::vector<const StoredTemplate*> templates;
  for (const StoredTemplate& one : domain.templates()) templates.push_back(&one);
  std::sort(templates.begin(), templates.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  for (const StoredTemplate* one : templates) {
    out += fmt::format("template {} {} {}", one->id, one->shape.scopes(), one->told / kHour);
    for (const FieldSpec& field : one->shape.fields())
      out += fmt::format(" {}:{}:{}", field.enterprise, field.id, field.length);
    out += '\n';
  }
  if (const std::uint32_t rate = domain.rate_of(std::nullopt); rate != 0) out += fmt::format("sampler - {}\n", rate);
  for (const auto& [id, rate] : domain.samplers()) out += fmt::format("sampler {} {}\n", id, rate);
  for (const auto& [id, name] : domain.apps()) {
    out += fmt::format("app {} ", id);
    append_hex(name, out);
    out += '\n';
  }
  if (domain.boot) out += fmt::format("boot {}\n", *domain.boot);
}

template <class T>
bool parse_into(std::string_view word, T& out) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

bool parse_field(std::string_view word, FieldSpec& out) {
  const std::vector<std::string_view> parts = split_words(word, ":");
  return parts.size() == 3 && parse_into(parts[0], out.enterprise) && parse_into(parts[1], out.id) &&
         parse_into(parts[2], out.length);
}

bool add_template(const std::vector<std::string_view>& words, Domain& domain, const ExporterLimits& limits) {
  std::uint16_t id = 0, scopes = 0;
  Nanos hour = 0;
  if (words.size() < 5 || !parse_into(words[1], id) || !parse_into(words[2], scopes) || !parse_into(words[3], hour))
    return false;
  std::vector<FieldSpec> fields(words.size() - 4);
  for (std::size_t i = 0; i < fields.size(); i++)
    if (!parse_field(words[i + 4], fields[i])) return false;
  constexpr Nanos kHoursMost = 1'000'000;
  if (fields.size() > limits.fields || scopes > fields.size() || hour < 0 || hour > kHoursMost) return false;
  auto shape = Template::make(std::move(fields), scopes);
  if (shape) (void)domain.learn(id, *std::move(shape), hour * kHour);
  return shape.has_value();
}

bool add_sampler(const std::vector<std::string_view>& words, Domain& domain) {
  std::uint64_t id = 0;
  std::uint32_t rate = 0;
  if (words.size() != 3 || !parse_into(words[2], rate)) return false;
  if (words[1] == "-") domain.set_rate(std::nullopt, rate);
  else if (parse_into(words[1], id)) domain.set_rate(id, rate);
  else return false;
  return true;
}

bool add_app(const std::vector<std::string_view>& words, Domain& domain) {
  std::uint64_t id = 0;
  if (words.size() != 3 || !parse_into(words[1], id)) return false;
  auto name = from_hex(words[2]);
  if (name) domain.set_app(id, *std::move(name));
  return name.has_value();
}

Domain* domain_of(const std::vector<std::string_view>& words, Exporters& exporters) {
  std::uint32_t odid = 0;
  unsigned protocol = 0;
  if (words.size() != 4 || !parse_into(words[2], odid) || !parse_into(words[3], protocol)) return nullptr;
  const auto address = parse_address(words[1]);
  if (!address || protocol < 1 || protocol > static_cast<unsigned>(Protocol::sflow)) return nullptr;
  (void)exporters.keep_within_budget();
  return &exporters.of({*address, odid, static_cast<Protocol>(protocol)});
}

bool add_line(std::string_view line, Domain*& domain, Exporters& exporters) {
  const std::vector<std::string_view> words = split_words(line, " ");
  if (words.empty()) return false;
  if (words[0] == "domain") return (domain = domain_of(words, exporters)) != nullptr;
  if (domain == nullptr) return false;
  if (words[0] == "template") return add_template(words, *domain, exporters.limits());
  if (words[0] == "sampler") return add_sampler(words, *domain);
  if (words[0] == "app") return add_app(words, *domain);
  Nanos boot = 0;
  if (words[0] != "boot" || words.size() != 2 || !parse_into(words[1], boot) || !is_time(boot)) return false;
  domain->boot = boot;
  return true;
}

}  // namespace

std::string state_text(const Exporters& exporters) {
  std::vector<const Domain*> domains;
  for (const Domain& domain : exporters.all())
    if (!domain.templates().empty() || !domain.samplers().empty() || !domain.apps().empty()) domains.push_back(&domain);
  std::sort(domains.begin(), domains.end(), [](const Domain* a, const Domain* b) {
    return std::tie(a->key().exporter, a->key().odid, a->key().protocol) <
           std::tie(b->key().exporter, b->key().odid, b->key().protocol);
  });
  std::string out = std::string(kHead) + '\n';
  for (const Domain* domain : domains) append_domain(*domain, out);
  return out;
}

Result<> restore_state(std::string_view text, Exporters& exporters) {
  std::size_t number = 0;
  Domain* domain = nullptr;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    number++;
    const bool good = number == 1 ? line == kHead : add_line(line, domain, exporters);
    if (!good) return fail(Errc::corrupt, "line {} is not what is known of exporters", number);
  }
  (void)exporters.keep_within_budget();
  return {};
}

}  // namespace argus
