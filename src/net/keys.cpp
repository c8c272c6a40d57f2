#include "net/keys.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kSecretDigits = (kKeyBytes * 8 + 5) / 6;

std::string to_digits(Bytes bytes) {
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8) | std::to_integer<std::uint32_t>(byte);
    for (bits += 8; bits >= 6; bits -= 6) out += kDigits[(held >> (bits - 6)) & 63];
  }
  if (bits != 0) out += kDigits[(held << (6 - bits)) & 63];
  return out;
}

std::optional<std::array<std::byte, kKeyBytes>> parse_digits(std::string_view text) {
  if (text.size() != kSecretDigits) return std::nullopt;
  std::array<std::byte, kKeyBytes> out{};
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t n = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    held = (held << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.at(n++) = static_cast<std::byte>(held >> bits);
    }
  }
  if ((held & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

// Keys that others can read are no keys. Root may give its file to a group, so that a service reads it.
Result<> check_rights(const File& file) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return fail(Errc::io, "{}: {}", file.path(), system_reason(errno));
  if (!S_ISREG(info.st_mode)) return fail(Errc::io, "{}: not a file", file.path());
  const mode_t forbidden = info.st_uid == 0 ? 0037 : 0077;
  if ((info.st_mode & forbidden) == 0) return {};
  return fail(Errc::io,
              "{}: others can read or change it (mode {:04o}), and a key admits anyone who has it; chmod 600 {}",
              file.path(), info.st_mode & 07777, file.path());
}

Result<std::string> read_whole(const std::string& path) {
  ARGUS_TRY_LET(File file, open_read(path));
  ARGUS_TRY(check_rights(file));
  std::string text(kKeyFileBytesMax + 1, '\0');
  ARGUS_TRY_LET(const std::size_t n, file.read(text.data(), text.size()));
  if (n > kKeyFileBytesMax) return fail(Errc::limit, "{}: more than {} bytes", path, kKeyFileBytesMax);
  text.resize(n);
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Takes the first word off the front.
std::string_view take_word(std::string_view& line) {
  line = without_blanks(line);
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line = without_blanks(line.substr(word.size()));
  return word;
}

bool is_comment(std::string_view line) { return without_blanks(line).empty() || without_blanks(line).front() == '#'; }

using TakeLine = std::function<Result<>(std::string_view first, std::string_view rest)>;
Result<> each_key(const std::string& path, const TakeLine& take) {
  ARGUS_TRY_LET(const std::string text, read_whole(path));
  std::size_t number = 0, keys = 0;
  for (std::string_view line : lines_of(text)) {
    number++;
    if (is_comment(line)) continue;
    if (++keys > kKeysMax) return fail(Errc::limit, "{}: more than {} keys", path, kKeysMax);
    const std::string_view first = take_word(line);
    if (auto done = take(first, line); !done) return while_doing(fmt::format("{}:{}", path, number), done.error());
  }
  return {};
}

std::string own_folder() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && config[0] == '/') return std::string(config) + "/argus";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::string(home) + "/.config/argus";
  return {};
}

Result<> make_folders(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST && errno != EISDIR && ::access(folder.c_str(), X_OK) != 0)
      return fail(Errc::io, "{}: {}", folder, system_reason(errno));
  }
  return {};
}

// Root's file is for the service, too, where there is its group.
void give_to_service(int fd) {
  if (::geteuid() != 0) return;
  const struct group* service = ::getgrnam("argus");
  if (service != nullptr && ::fchown(fd, static_cast<uid_t>(-1), service->gr_gid) == 0) (void)!::fchmod(fd, 0640);
}

Result<> write_whole(const std::string& path, std::string_view text) {
  ARGUS_TRY(make_folders(path));
  struct stat old {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  ARGUS_TRY_LET(Replacement whole, Replacement::create(path));
  const int fd = whole.file().fd();
  if (::fchmod(fd, 0600) != 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  if (exists) {
    if (::fchown(fd, old.st_uid, old.st_gid) == 0) (void)!::fchmod(fd, old.st_mode & 07777);
  } else {
    give_to_service(fd);
  }
  ARGUS_TRY(whole.file().write(text));
  return whole.commit();
}

Result<std::string> read_if_there(const std::string& path) {
  if (path.empty())
    return fail(Errc::io, "neither XDG_CONFIG_HOME nor HOME is set, so there is no place for keys; set one");
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::string();
  return read_whole(path);
}

// The file's text without the lines of `name`.
std::string without(std::string_view text, std::string_view name, bool& found) {
  std::string out;
  for (std::string_view line : lines_of(text)) {
    std::string_view rest = line;
    const bool own = !is_comment(line) && take_word(rest) == name;
    found |= own;
    if (!own) out.append(line).append("\n");
  }
  return out;
}

}  // namespace

Result<> check_key_name(std::string_view name) {
  const bool good = !name.empty() && name.size() <= kKeyNameMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
  if (good) return {};
  return fail(Errc::usage, "'{}' is not a name for a key: use letters, digits, '.', '_' and '-', {} at most",
              escaped(name), kKeyNameMax);
}

Result<SharedKey> make_key(std::string_view name) {
  ARGUS_TRY(check_key_name(name));
  SharedKey key;
  key.name = name;
  if (::getrandom(key.secret.data(), key.secret.size(), 0) != static_cast<ssize_t>(key.secret.size()))
    return fail(Errc::io, "getrandom: {}", system_reason(errno));
  return key;
}

std::string to_text(const SharedKey& key) { return key.name + ":" + to_digits(key.secret); }

Result<SharedKey> parse_key(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return fail(Errc::usage,
                "this is not a key, which looks like NAME:{} letters and digits; 'argus key new NAME' on "
                "the sensor prints one (passwords are not keys)",
                kSecretDigits);
  SharedKey key;
  ARGUS_TRY(check_key_name(text.substr(0, colon)));
  key.name = text.substr(0, colon);
  const auto secret = parse_digits(text.substr(colon + 1));
  if (!secret)
    return fail(Errc::usage,
                "the key of '{}' is incomplete: {} letters, digits, '-' and '_' follow the colon; copy the "
                "whole line that 'argus key new' printed",
                key.name, kSecretDigits);
  key.secret = *secret;
  return key;
}

Result<std::vector<ReaderKey>> read_reader_keys(const std::string& path) {
  std::vector<ReaderKey> out;
  ARGUS_TRY(each_key(path, [&](std::string_view name, std::string_view rest) -> Result<> {
    const std::string_view secret = take_word(rest);
    ARGUS_TRY_LET(SharedKey key, parse_key(fmt::format("{}:{}", name, secret)));
    const bool again =
        std::any_of(out.begin(), out.end(), [&](const ReaderKey& other) { return other.key.name == name; });
    if (again) return fail(Errc::usage, "a second key for '{}'", name);
    out.push_back({std::move(key), std::string(rest)});
    return {};
  }));
  return out;
}

Result<std::vector<SensorKey>> read_sensor_keys(const std::string& path) {
  std::vector<SensorKey> out;
  ARGUS_TRY(each_key(path, [&](std::string_view sensor, std::string_view rest) -> Result<> {
    ARGUS_TRY_LET(SharedKey key, parse_key(take_word(rest)));
    out.push_back({std::string(sensor), std::move(key)});
    return {};
  }));
  return out;
}

Result<> add_reader_key(const std::string& path, const ReaderKey& key) {
  ARGUS_TRY_LET(std::string text, read_if_there(path));
  bool found = false;
  text = without(text, key.key.name, found);
  if (found)
    return fail(Errc::usage, "{}: there is a key for '{}' already; argus key remove {}", path, key.key.name,
                key.key.name);
  if (text.empty()) text = "# Who may read this sensor: NAME KEY [FILTER]; argus key new NAME. Keep it secret.\n";
  text += fmt::format("{} {}", key.key.name, to_digits(key.key.secret));
  if (!key.filter.empty()) text += " " + key.filter;
  return write_whole(path, text + "\n");
}

Result<> add_sensor_key(const std::string& path, const SensorKey& key) {
  ARGUS_TRY_LET(std::string text, read_if_there(path));
  bool found = false;
  text = without(text, key.sensor, found);
  if (text.empty()) text = "# Keys of sensors: SENSOR NAME:KEY; argus key add SENSOR KEY. Keep it secret.\n";
  text += fmt::format("{} {}\n", key.sensor, to_text(key.key));
  return write_whole(path, text);
}

Result<bool> remove_key(const std::string& path, std::string_view name) {
  ARGUS_TRY_LET(const std::string text, read_if_there(path));
  bool found = false;
  const std::string left = without(text, name, found);
  if (found) ARGUS_TRY(write_whole(path, left));
  return found;
}

std::string reader_keys_path() {
  if (::geteuid() == 0) return "/etc/argus/keys";
  const std::string folder = own_folder();
  return folder.empty() ? folder : folder + "/keys";
}

std::string sensor_keys_path() {
  const std::string folder = own_folder();
  return folder.empty() ? folder : folder + "/sensors";
}

}  // namespace argus
