#include "privacy/key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::size_t kFileBytesMost = 4096;

std::optional<std::uint8_t> digit_of(char c) {
  if (is_digit(c)) return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

Result<> check_rights(const File& file) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return fail(Errc::io, "{}: {}", file.path(), system_reason(errno));
  if (!S_ISREG(info.st_mode) || (info.st_mode & 0037) == 0) return {};
  return fail(Errc::io, "{}: others can read or change it (mode {:04o}), and the key undoes the disguise; chmod 600 {}",
              file.path(), info.st_mode & 07777, file.path());
}

}  // namespace

Result<DisguiseKey> make_disguise_key() {
  DisguiseKey key;
  if (::getrandom(key.bytes.data(), key.bytes.size(), 0) != static_cast<ssize_t>(key.bytes.size()))
    return fail(Errc::io, "getrandom: {}", system_reason(errno));
  return key;
}

Result<DisguiseKey> parse_disguise_key(std::string_view text) {
  DisguiseKey key;
  if (text.size() == kDisguiseKeyBytes) {
    std::copy(text.begin(), text.end(), key.bytes.begin());
    return key;
  }
  bool good = text.size() == 2 * kDisguiseKeyBytes;
  for (std::size_t i = 0; good && i < kDisguiseKeyBytes; i++) {
    const auto high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
    good = high && low;
    if (good) key.bytes.at(i) = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  if (good) return key;
  return fail(Errc::usage, "a key is {} hexadecimal digits, or {} characters; this has {}", 2 * kDisguiseKeyBytes,
              kDisguiseKeyBytes, text.size());
}

Result<DisguiseKey> read_disguise_key(const std::string& path) {
  ARGUS_TRY_LET(File file, open_read(path));
  ARGUS_TRY(check_rights(file));
  std::string text(kFileBytesMost, '\0');
  ARGUS_TRY_LET(const std::size_t n, file.read(text.data(), text.size()));
  text.resize(n);
  text.resize(std::min(text.find('\n'), text.size()));
  if (!text.empty() && text.back() == '\r') text.pop_back();
  auto key = parse_disguise_key(text);
  if (!key) return while_doing(path, std::move(key.error()));
  return key;
}

Result<DisguiseKey> make_disguise_key_file(const std::string& path) {
  ARGUS_TRY_LET(const DisguiseKey key, make_disguise_key());
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  File file(fd, path);
  std::string text;
  for (const std::uint8_t byte : key.bytes) text += fmt::format("{:02x}", byte);
  ARGUS_TRY(file.write(text + "\n"));
  ARGUS_TRY(file.close());
  return key;
}

}  // namespace argus
