#include "label/database.h"

#include <maxminddb.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/text.h"
#include "label/labels.h"

namespace argus {

namespace {

using Path = std::array<const char*, 4>;  // keys of maps in maps, up to a null

// Where publishers of databases keep what we look for; the first that is there counts.
struct TextPlace {
  std::string AddressFacts::*fact;
  Path path;
};
constexpr auto kTexts = std::to_array<TextPlace>({
    {&AddressFacts::country, {"country", "iso_code"}},
    {&AddressFacts::country, {"registered_country", "iso_code"}},
    {&AddressFacts::country, {"country_code"}},
    {&AddressFacts::city, {"city", "names", "en"}},
    {&AddressFacts::city, {"city"}},
    {&AddressFacts::organisation, {"autonomous_system_organization"}},
    {&AddressFacts::organisation, {"as_name"}},
    {&AddressFacts::organisation, {"name"}},
});
constexpr auto kNumbers = std::to_array<Path>({{"autonomous_system_number"}, {"asn"}});

std::uint32_t as_number(std::string_view text) {
  if (text.substr(0, 2) == "AS") text.remove_prefix(2);
  std::uint64_t value = 0;
  if (text.empty() || text.size() > 10) return 0;
  for (const char c : text) {
    if (!is_digit(c)) return 0;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value <= UINT32_MAX ? static_cast<std::uint32_t>(value) : 0;
}

}  // namespace

void AddressFacts::complete(const AddressFacts& other) {
  for (auto fact : {&AddressFacts::country, &AddressFacts::city, &AddressFacts::organisation, &AddressFacts::network})
    if ((this->*fact).empty()) this->*fact = other.*fact;
  if (as_number == 0) as_number = other.as_number;
}

struct AddressDatabase::Handle {
  MMDB_s database{};
  bool open = false;
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (open) MMDB_close(&database);
  }
};

AddressDatabase::AddressDatabase(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
AddressDatabase::AddressDatabase(AddressDatabase&&) noexcept = default;
AddressDatabase& AddressDatabase::operator=(AddressDatabase&&) noexcept = default;
AddressDatabase::~AddressDatabase() = default;

Result<AddressDatabase> AddressDatabase::open(const std::string& path) {
  auto handle = std::make_unique<Handle>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &handle->database);
  if (status != MMDB_SUCCESS)
    return fail(Errc::foreign, "{}: this MaxMind database cannot be read: {}", path, MMDB_strerror(status));
  handle->open = true;
  return AddressDatabase(std::move(handle));
}

AddressFacts AddressDatabase::find(const Address& address) const {
  AddressFacts out;
  sockaddr_storage where{};
  if (address.family() == Family::ipv4) {
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&where);
    v4->sin_family = AF_INET;
    std::memcpy(&v4->sin_addr, address.bytes.data() + 12, 4);
  } else if (address.family() == Family::ipv6) {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&where);
    v6->sin6_family = AF_INET6;
    std::memcpy(&v6->sin6_addr, address.bytes.data(), 16);
  } else {
    return out;
  }
  int error = MMDB_SUCCESS;
  MMDB_lookup_result_s found =
      MMDB_lookup_sockaddr(&handle_->database, reinterpret_cast<const sockaddr*>(&where), &error);
  if (error != MMDB_SUCCESS || !found.found_entry) return out;
  const auto value_at = [&](const Path& path, MMDB_entry_data_s& value) {
    return MMDB_aget_value(&found.entry, &value, path.data()) == MMDB_SUCCESS && value.has_data;
  };
  MMDB_entry_data_s value{};
  for (const TextPlace& place : kTexts) {
    if (!(out.*place.fact).empty() || !value_at(place.path, value) || value.type != MMDB_DATA_TYPE_UTF8_STRING)
      continue;
    (out.*place.fact).assign(value.utf8_string, std::min<std::size_t>(value.data_size, kLabelTextMax));
  }
  for (const Path& path : kNumbers) {
    if (out.as_number != 0 || !value_at(path, value)) continue;
    if (value.type == MMDB_DATA_TYPE_UINT32) out.as_number = value.uint32;
    if (value.type == MMDB_DATA_TYPE_UTF8_STRING) out.as_number = as_number({value.utf8_string, value.data_size});
  }
  return out;
}

}  // namespace argus
