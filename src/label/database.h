// MaxMind databases (.mmdb): the only door to libmaxminddb.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/address.h"
#include "base/result.h"

namespace argus {

// What is known of an address; empty or 0: nothing.
struct AddressFacts {
  std::string country, city, organisation, network;
  std::uint32_t as_number = 0;
  // Takes from `other` what is not known yet.
  void complete(const AddressFacts& other);
};

class AddressDatabase {
 public:
  // Errc::foreign for a file that is none, or is damaged.
  [[nodiscard]] static Result<AddressDatabase> open(const std::string& path);
  AddressDatabase(AddressDatabase&&) noexcept;
  AddressDatabase& operator=(AddressDatabase&&) noexcept;
  ~AddressDatabase();

  // Nothing for MAC addresses, and for what lies in a damaged part. By several threads at once.
  [[nodiscard]] AddressFacts find(const Address& address) const;

 private:
  struct Handle;
  explicit AddressDatabase(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace argus
