// What is known of each exporter: its templates, samplers, applications, sequence numbers. All of it within a budget,
// whatever strangers send: who was heard least recently is forgotten first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "collect/template.h"

namespace argus {

enum class Protocol : std::uint8_t { netflow5 = 1, netflow9 = 2, ipfix = 3, sflow = 4 };  // written to files

struct DomainKey {
  Address exporter;
  std::uint32_t odid = 0;
  Protocol protocol{};
  friend bool operator==(const DomainKey&, const DomainKey&) = default;
};

// Numbers that an exporter counts up, so that what did not come is known.
class Sequence {
 public:
  struct Judged {
    std::uint64_t lost = 0;
    bool restarted = false;
  };
  // `units` further ones come with this number; `other_units` where it is known of exporters that they count something
  // else. Numbers of another port are those of another process.
  [[nodiscard]] Judged next(std::uint32_t number, std::uint32_t units, std::uint32_t other_units, std::uint16_t port);
  // How many came is not known: the next number begins anew.
  void forget() { known_ = false; }

 private:
  bool known_ = false;
  std::uint16_t port_ = 0;
  std::uint32_t last_ = 0, units_ = 0, other_units_ = 0;
  std::uint32_t late_ = 0;  // numbers behind, one after the other
};

struct StoredTemplate {
  std::uint16_t id = 0;
  Template shape;
  Nanos told = 0;  // when the exporter said it last
};

struct ExporterLimits {
  std::size_t domains = 65'536;
  std::size_t templates = 1'024;  // of a domain
  std::size_t fields = 512;       // of a template
  std::size_t samplers = 1'024;   // of a domain
  std::size_t apps = 16'384;      // of a domain
  std::size_t bytes = 128u << 20;
  Nanos template_life = 7 * kDay;  // that was not told again
};

class Domain {
 public:
  Domain(const DomainKey& key, const ExporterLimits& limits) : key_(key), limits_(&limits) {}

  [[nodiscard]] const DomainKey& key() const { return key_; }
  // Null: not known, or too old. It is used then; lives until the next change.
  [[nodiscard]] const Template* find(std::uint16_t id, Nanos now);
  // Says whether it was not known as such; gives the templates that had to go for it.
  struct Learned {
    bool is_new = false;
    std::size_t forgotten = 0;
  };
  Learned learn(std::uint16_t id, Template shape, Nanos now);
  // What was said again, unchanged. False: it was not.
  [[nodiscard]] bool refresh(std::uint16_t id, const std::vector<FieldSpec>& fields, std::uint16_t scopes, Nanos now);
  void withdraw(std::uint16_t id);
  void withdraw_all(bool of_options);
  [[nodiscard]] const std::list<StoredTemplate>& templates() const { return order_; }

  // 0: not known.
  [[nodiscard]] std::uint32_t rate_of(std::optional<std::uint64_t> sampler) const;
  void set_rate(std::optional<std::uint64_t> sampler, std::uint32_t rate);
  [[nodiscard]] const std::map<std::uint64_t, std::uint32_t>& samplers() const { return samplers_; }
  [[nodiscard]] const std::string* app_of(std::uint64_t id) const;  // null: has no name
  void set_app(std::uint64_t id, std::string name);
  [[nodiscard]] const std::map<std::uint64_t, std::string>& apps() const { return apps_; }

  // Of a count that the exporter never sets back: how much was added since it was told last.
  [[nodiscard]] std::uint32_t added(std::uint32_t counter, std::uint32_t value);

  std::optional<Nanos> boot;  // when the exporter started, where it said so
  Sequence sequence;

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  using Place = std::list<StoredTemplate>::iterator;
  void erase(Place place);

  DomainKey key_;
  const ExporterLimits* limits_;
  std::list<StoredTemplate> order_;  // the least recently used last
  std::unordered_map<std::uint16_t, Place> templates_;
  std::map<std::uint64_t, std::uint32_t> samplers_;
  std::map<std::uint64_t, std::string> apps_;
  std::map<std::uint32_t, std::uint32_t> counters_;
  std::uint32_t rate_ = 0;  // of packets that no sampler is named for
  std::size_t bytes_ = 512;
};

class Exporters {
 public:
  explicit Exporters(const ExporterLimits& limits) : limits_(limits), hash_{random_hash_key()} {}
  Exporters(const Exporters&) = delete;
  Exporters& operator=(const Exporters&) = delete;

  // Known or made; lives until the next call.
  [[nodiscard]] Domain& of(const DomainKey& key);
  // After a domain was changed. How many others were forgotten so that all of them stay within the budget.
  std::size_t keep_within_budget();
  [[nodiscard]] const ExporterLimits& limits() const { return limits_; }
  [[nodiscard]] std::size_t size() const { return order_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const std::list<Domain>& all() const { return order_; }  // the least recently heard last

 private:
  struct KeyHash {
    HashKey key;
    std::size_t operator()(const DomainKey& of) const;
  };
  void account();

  ExporterLimits limits_;
  std::list<Domain> order_;
  std::size_t current_bytes_ = 0;  // of the first, as they were accounted for
  std::size_t bytes_ = 0;
  KeyHash hash_;
  std::unordered_map<DomainKey, std::list<Domain>::iterator, KeyHash> domains_{16, hash_};
};

}  // namespace argus
