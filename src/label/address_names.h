// Names of networks: the longest prefix that holds an address decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/int128.h"

namespace argus {

class AddressNames {
 public:
  // From `least` to `most`, both of one family and among them. Of two that overlap, the smaller one is asked first; of
  // equal ones, the one that was added first.
  void add(const Address& least, const Address& most, std::string_view name);
  void add(const Prefix& network, std::string_view name);
  // After the last add(), before the first find().
  void finish();

  // Empty: none holds it. Lives as long as this.
  [[nodiscard]] std::string_view find(const Address& address) const;
  [[nodiscard]] std::size_t size() const { return added_; }

 private:
  struct Range {
    u128 least = 0, most = 0;
    std::uint32_t name = 0;
  };
  [[nodiscard]] std::uint32_t number_of(std::string_view name);

  std::vector<std::string> names_;
  std::vector<Range> ranges_;  // once finished: in order, and none overlaps another
  std::size_t added_ = 0;
};

}  // namespace argus
