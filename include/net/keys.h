// Keys by which readers and sensors know each other: 32 random bytes, one a reader, kept in two small files. The
// sensor's file has a line "NAME KEY [FILTER]" for each reader it serves, the reader's file a line "SENSOR NAME:KEY"
// for each sensor it reads. '#' begins a comment. KEY is base64url without padding (RFC 4648 section 5).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace argus {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kKeyNameMax = 64;            // letters, digits, '.', '_' and '-'
inline constexpr std::size_t kKeysMax = 1024;             // lines of a file
inline constexpr std::size_t kKeyFileBytesMax = 4 << 20;  // of a file

struct SharedKey {
  std::string name;  // the reader's, as the sensor knows it: the identity of the handshake
  std::array<std::byte, kKeyBytes> secret{};
};

// A line of the sensor's file: who may read, and what of it.
struct ReaderKey {
  SharedKey key;
  std::string filter;  // text, applied to all that the reader gets; empty: everything
};

// A line of the reader's file.
struct SensorKey {
  std::string sensor;  // as it is called in --remote: HOST or HOST:PORT
  SharedKey key;
};

// A new one from the system's randomness. Usage error when the name is none.
[[nodiscard]] Result<SharedKey> make_key(std::string_view name);
[[nodiscard]] std::string to_text(const SharedKey& key);               // "NAME:KEY"
[[nodiscard]] Result<SharedKey> parse_key(std::string_view name_key);  // usage error: a password is no key
[[nodiscard]] Result<> check_key_name(std::string_view name);          // usage error with what a name may hold

// Errc::io when there is no such file or when others can read it (with the words that cure it), Errc::usage with file
// and line for a line that is none.
[[nodiscard]] Result<std::vector<ReaderKey>> read_reader_keys(const std::string& path);
[[nodiscard]] Result<std::vector<SensorKey>> read_sensor_keys(const std::string& path);

// Add a line, making the file (mode 0600) and its folder where there is none. A name that is there already is an error
// in the sensor's file (remove it first: somebody uses it), and is replaced in the reader's.
[[nodiscard]] Result<> add_reader_key(const std::string& path, const ReaderKey& key);
[[nodiscard]] Result<> add_sensor_key(const std::string& path, const SensorKey& key);
// Removes the lines whose first word is `name`; false when there is none. Comments and other lines stay as they are.
[[nodiscard]] Result<bool> remove_key(const std::string& path, std::string_view name);

// Of a sensor on this machine: /etc/argus/keys for root, else keys in the user's configuration folder.
[[nodiscard]] std::string reader_keys_path();
// Of the sensors that this user reads: sensors in $XDG_CONFIG_HOME/argus or ~/.config/argus. Empty without a home.
[[nodiscard]] std::string sensor_keys_path();

}  // namespace argus
