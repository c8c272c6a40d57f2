#include "sensor/changes.h"

#include <catch2/catch.hpp>

#include "base/result.h"
#include "base/time.h"
#include "flow/live_source.h"
#include "sensor/sensor.h"

namespace argus {

using Changed = SensorChanges::Names;

namespace {

// Changes its filter, and its size to less.
class Shrinking final : public ReloadableSource {
 public:
  bool may_change(const SourceSetting& now) const override {
    return now.name == "filter" || (now.name == "size" && std::get<std::uint64_t>(now.value) <= 10);
  }
  Result<> change(const SourceSettings&) override { return {}; }
};

SourceSettings settings(const char* filter, std::uint64_t size, const char* interface) {
  return {{"filter", std::string(filter)}, {"size", size}, {"interface", std::vector<std::string>{interface}}};
}

}  // namespace

TEST_CASE("what HUP finds changed is told apart by what it takes") {
  SensorOptions begun;
  begun.source = settings("", 10, "eth0");
  begun.outputs = {{"a.flows"}};
  SensorOptions now = begun;
  const Shrinking source;
  SensorChanges none = changes_between(begun, begun, now, &source);
  for (const Changed& names : {none.source, none.filter, none.file, none.serve, none.later}) CHECK(names.empty());

  now.source = settings("tcp", 5, "eth1");
  now.where_text = "udp";
  now.outputs = {{"%H.flows"}};
  now.rotation = {kHour, 0, kDay, 7, 5};
  now.serve.listen = {"561"};
  now.serve.keys_path = "keys";
  now.rights.user = "nobody";
  const SensorChanges all = changes_between(begun, begun, now, &source);
  CHECK(all.source == Changed{"filter", "size"});
  CHECK(all.filter == Changed{"filter"});
  CHECK(all.file == Changed{"write", "rotate", "keep", "keep-size", "min-free"});
  CHECK(all.serve == Changed{"listen", "keys"});
  CHECK(all.later == Changed{"interface", "user"});
}

TEST_CASE("a sensor without a file begins none, and its table does not grow") {
  SensorOptions begun, now;
  now.outputs = {{"a.flows"}};
  begun.source = settings("", 10, "eth0");
  now.source = settings("", 11, "eth0");
  const Shrinking source;
  const SensorChanges changes = changes_between(begun, begun, now, &source);
  CHECK(changes.file.empty());
  CHECK(changes.source.empty());
  CHECK(changes.later == Changed{"size", "write"});
}

TEST_CASE("what was changed once and is as it began is changed back, and nothing is due at the next start") {
  SensorOptions begun, was, now;
  begun.source = now.source = settings("", 10, "eth0");
  was.source = settings("tcp", 10, "eth1");
  const Shrinking source;
  const SensorChanges changes = changes_between(begun, was, now, &source);
  CHECK(changes.source == Changed{"filter"});
  CHECK(changes.later.empty());
}

TEST_CASE("of a source that takes nothing over all takes effect at the next start") {
  SensorOptions begun, now;
  begun.source = settings("", 10, "eth0");
  now.source = settings("tcp", 5, "eth0");
  const SensorChanges changes = changes_between(begun, begun, now, nullptr);
  CHECK(changes.source.empty());
  CHECK(changes.later == Changed{"filter", "size"});
}

}  // namespace argus
