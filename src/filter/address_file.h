// Files of addresses, as "saddr in @bad.txt" names them (docs/filter.md).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "filter/address_set.h"
#include "filter/filter.h"

namespace argus {

// The text of such a file, in pieces.
class AddressLines {
 public:
  // At most so many ranges that are apart from each other.
  explicit AddressLines(std::string path, std::size_t most = kSetRangesMax) : path_(std::move(path)), most_(most) {}
  // The next piece of the text, cut anywhere. Usage error with the line: "bad.txt:3: 'x' is not an address ...".
  [[nodiscard]] Result<> take(std::string_view piece);
  // At the end of the text.
  [[nodiscard]] Result<AddressSet> finish();

 private:
  [[nodiscard]] Result<> line(std::string_view text);
  [[nodiscard]] Result<> entry(std::string_view text, std::string_view rest);
  [[nodiscard]] Result<> add(const Address& least, const Address& most);
  [[nodiscard]] Result<> hold();
  [[nodiscard]] Error wrong(std::string_view what) const;

  std::string path_, begun_;  // begun_: a line whose end has not come yet
  std::uint64_t line_ = 0, bytes_ = 0;
  std::size_t most_, joined_ = 0;  // joined_: entries that were left when they were last joined
  std::vector<AddressSet::V4::Range> v4_;
  std::vector<AddressSet::Wide::Range> others_;
};

// The files that one filter names: each is read once.
class AddressFiles {
 public:
  explicit AddressFiles(SetFiles may) : may_(may) {}
  [[nodiscard]] Result<std::shared_ptr<const AddressSet>> get(const std::string& path);

 private:
  static Result<> read(const std::string& path, AddressLines& into);

  SetFiles may_;
  std::size_t ranges_ = 0;
  std::map<std::string, std::shared_ptr<const AddressSet>> known_;
};

}  // namespace argus
