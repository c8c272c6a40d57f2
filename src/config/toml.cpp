// The only door to toml++: argus.toml into settings.
#include <toml++/toml.h>

#include "base/result.h"
#include "base/text.h"
#include "config/config.h"
#include "net/dial.h"

namespace argus {

namespace {

// Reads the tables of a file into settings; every error begins with FILE:LINE:COLUMN.
class TomlFile {
 public:
  TomlFile(const std::string& path, Settings& settings) : path_(path), settings_(settings) {}

  Result<> read(const toml::table& root) {
    for (const auto& [name, node] : root) {
      if (!is_section(name.str())) return unknown(name, "", sections());
      if (!node.is_table())
        return fail(Errc::usage, "{}: '{}' is a section; write [{}]", place(name), name.str(), name.str());
      if (name.str() == "remotes") ARGUS_TRY(remotes(*node.as_table()));
      else ARGUS_TRY(section(name.str(), *node.as_table()));
    }
    return {};
  }

 private:
  std::string place(const toml::source_region& where) const {
    return fmt::format("{}:{}:{}", path_, where.begin.line, where.begin.column);
  }
  std::string place(const toml::key& key) const { return place(key.source()); }

  static std::vector<std::string> sections() {
    std::vector<std::string> out = {"remotes"};
    for (const SettingInfo& setting : all_settings()) {
      const std::string name(setting.key.substr(0, setting.key.find('.')));
      if (out.back() != name) out.push_back(name);
    }
    return out;
  }

  static bool is_section(std::string_view name) {
    for (const std::string& known : sections())
      if (known == name) return true;
    return false;
  }

  Error unknown(const toml::key& key, std::string_view in, const std::vector<std::string>& known) const {
    return fail(Errc::usage, "{}: no {} '{}{}'{}", place(key), in.empty() ? "section" : "setting", in,
                escaped(key.str()), did_you_mean(key.str(), known));
  }

  Result<> section(std::string_view name, const toml::table& table) {
    const std::string prefix = std::string(name) + ".";
    for (const auto& [key, node] : table) {
      const SettingInfo* setting = find_setting(prefix + std::string(key.str()));
      if (setting == nullptr) {
        std::vector<std::string> known;
        for (const SettingInfo& other : all_settings())
          if (other.key.starts_with(prefix)) known.emplace_back(other.key.substr(prefix.size()));
        return unknown(key, prefix, known);
      }
      ARGUS_TRY(value(*setting, node));
    }
    return {};
  }

  Result<> value(const SettingInfo& setting, const toml::node& node) {
    auto words = words_of(setting, node);
    if (!words) return while_doing(place(node.source()), while_doing(setting.key, std::move(words.error())));
    if (auto good = Settings::check(setting, *words); !good)
      return while_doing(place(node.source()), while_doing(setting.key, std::move(good.error())));
    return settings_.set(setting.key, *std::move(words), Origin::file,
                         fmt::format("{}:{}", path_, node.source().begin.line), place(node.source()));
  }

  static Result<std::vector<std::string>> words_of(const SettingInfo& setting, const toml::node& node) {
    std::vector<std::string> out;
    if (const toml::array* array = node.as_array(); array != nullptr && takes_list(setting.kind)) {
      for (const toml::node& element : *array) {
        ARGUS_TRY_LET(std::string word, word_of(setting, element));
        out.push_back(std::move(word));
      }
      return out;
    }
    ARGUS_TRY_LET(std::string word, word_of(setting, node));
    out.push_back(std::move(word));
    return out;
  }

  static Result<std::string> word_of(const SettingInfo& setting, const toml::node& node) {
    const bool is_flag = setting.kind == SettingKind::flag;
    if (const auto* flag = node.as_boolean(); flag != nullptr && is_flag)
      return std::string(flag->get() ? "true" : "false");
    if (is_flag) return fail(Errc::usage, "write true or false, without quotes");
    if (const auto* text = node.as_string()) return text->get();
    const bool is_text = setting.kind == SettingKind::text || takes_list(setting.kind);
    if (const auto* number = node.as_integer(); number != nullptr && !is_text) return fmt::format("{}", number->get());
    return fail(Errc::usage, "{}", is_text ? "write a text in quotes" : "write a number, or a text in quotes");
  }

  Result<> remotes(const toml::table& table) {
    for (const auto& [name, node] : table) {
      const toml::table* remote = node.as_table();
      if (remote == nullptr) return fail(Errc::usage, "{}: write [remotes.{}]", place(name), escaped(name.str()));
      const toml::node* address = nullptr;
      for (const auto& [key, element] : *remote) {
        if (key.str() != "address") return unknown(key, fmt::format("remotes.{}.", escaped(name.str())), {"address"});
        address = &element;
      }
      if (address == nullptr)
        return fail(Errc::usage, "{}: remotes.{}: the address is missing", place(name), escaped(name.str()));
      const auto* text = address->as_string();
      if (text == nullptr || text->get().empty())
        return fail(Errc::usage, "{}: remotes.{}.address: write a text in quotes", place(address->source()),
                    escaped(name.str()));
      if (auto endpoint = parse_endpoint(text->get()); !endpoint)
        return while_doing(place(address->source()), while_doing(fmt::format("remotes.{}.address", escaped(name.str())),
                                                                 std::move(endpoint.error())));
      ARGUS_TRY(settings_.set_remote(
          {std::string(name.str()), text->get(), fmt::format("{}:{}", path_, address->source().begin.line)}));
    }
    return {};
  }

  const std::string& path_;
  Settings& settings_;
};

}  // namespace

Result<> read_toml(std::string_view text, const std::string& path, Settings& settings) {
  toml::table root;
  try {
    root = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return fail(Errc::usage, "{}:{}:{}: {}", path, at.line, at.column, escaped(error.description()));
  }
  return TomlFile(path, settings).read(root);
}

}  // namespace argus
