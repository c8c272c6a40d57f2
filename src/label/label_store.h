// All that label files say, and how their text is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "filter/filter.h"
#include "flow/where.h"
#include "label/address_names.h"
#include "label/database.h"

namespace argus {

// Flows that a filter lets through have this label.
struct LabelRule {
  WherePtr where;  // null: all
  std::string label;
  bool goes_on = false;  // the rules behind it are asked, too
};

struct LabelStore {
  std::vector<AddressDatabase> databases;
  AddressNames networks, countries;
  std::unordered_map<std::uint32_t, std::string> services;  // by protocol << 16 | port
  std::vector<LabelRule> rules;

  // After the last file.
  void finish() { networks.finish(), countries.finish(); }
};

[[nodiscard]] constexpr std::uint32_t service_key(std::uint16_t proto, std::uint16_t port) {
  return std::uint32_t{proto} << 16 | port;
}

// Reads the lines of one text into a store; which form a line has, its content tells.
class LabelLines {
 public:
  // `files`: what becomes of those that the filters of rules name.
  LabelLines(std::string path, LabelStore& store, SetFiles files = SetFiles::read)
      : path_(std::move(path)), store_(&store), files_(files) {}
  // Usage error with the line: "names.txt:3: 'x' is not ...".
  [[nodiscard]] Result<> take(std::string_view text);
  // Files that the lines named, as a ralabel.conf does, in order.
  [[nodiscard]] const std::vector<std::string>& named() const { return named_; }

 private:
  struct Form;
  static const Form kForms[];
  [[nodiscard]] Result<> line(std::string_view text);
  [[nodiscard]] Result<> setting(std::string_view text);
  [[nodiscard]] Result<> rule(std::string_view text);
  [[nodiscard]] Result<> delegated(std::string_view text);
  [[nodiscard]] Result<> service(std::string_view text);
  [[nodiscard]] Result<> network(std::string_view text);
  [[nodiscard]] Error wrong(std::string_view what) const;

  std::string path_;
  LabelStore* store_;
  SetFiles files_;
  std::vector<std::string> named_;
  std::uint64_t line_ = 0;
};

// One file, of whatever kind, and those that it names.
[[nodiscard]] Result<> read_label_file(const std::string& path, LabelStore& store);

}  // namespace argus
