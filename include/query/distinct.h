// Which addresses occur, each once.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "flow/column.h"
#include "query/grouping.h"

namespace argus {

class Grouping;

class DistinctAddresses {
 public:
  DistinctAddresses();
  ~DistinctAddresses();
  DistinctAddresses(DistinctAddresses&&) noexcept;
  DistinctAddresses& operator=(DistinctAddresses&&) noexcept;

  // The values of a column of addresses.
  void add(const Column& column, std::size_t rows);
  void add(const DistinctAddresses& others);
  [[nodiscard]] std::vector<Address> all() const;
  [[nodiscard]] std::size_t bytes() const;  // memory held

 private:
  void add(const Address* addresses, std::size_t count);

  std::unique_ptr<Grouping> known_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> groups_;
};

// Kinds of addresses (RFC 6890, RFC 5771, RFC 4291): 0 to address_kinds() - 1, in the order they are shown.
[[nodiscard]] std::size_t address_kind(const Address& address);
[[nodiscard]] std::string_view address_kind_text(std::size_t kind);
[[nodiscard]] std::size_t address_kinds();

}  // namespace argus
