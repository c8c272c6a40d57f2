// The only door to libcap-ng.
#include "sensor/rights.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "base/text.h"

namespace argus {

namespace {

constexpr std::string_view kServiceUser = "argus";

std::optional<unsigned> number_of(std::string_view text) {
  const auto value = parse_unsigned(text);
  // The greatest is "no change" to the kernel.
  return value && *value < UINT32_MAX ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

std::string user_name(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry != nullptr ? entry->pw_name : fmt::format("{}", uid);
}

// The supplementary groups of a name; those of a uid without a name are none.
std::vector<gid_t> groups_of(const std::string& name, gid_t gid) {
  constexpr int kGroupsMost = 65536;  // NGROUPS_MAX
  int count = 64;
  std::vector<gid_t> out(static_cast<std::size_t>(count));
  while (::getgrouplist(name.c_str(), gid, out.data(), &count) < 0) {
    if (count > kGroupsMost) return {gid};
    out.resize(static_cast<std::size_t>(count));
  }
  out.resize(static_cast<std::size_t>(count));
  return out;
}

Identity identity_of(uid_t uid, gid_t gid, std::string why) {
  Identity out;
  out.uid = uid;
  out.gid = gid;
  out.name = user_name(uid);
  out.why = std::move(why);
  out.changes = uid != 0 || gid != 0;
  if (::getpwuid(uid) != nullptr) out.groups = groups_of(out.name, gid);
  else out.groups = {gid};
  return out;
}

Result<gid_t> group_id(const std::string& group) {
  if (const ::group* entry = ::getgrnam(group.c_str())) return entry->gr_gid;
  if (const auto number = number_of(group)) return *number;
  return fail(Errc::usage, "--group: no group '{}'", escaped(group));
}

Result<Identity> asked_for(const RightsOptions& options) {
  uid_t uid = 0;
  std::optional<gid_t> gid;
  if (const passwd* entry = ::getpwnam(options.user.c_str())) {
    uid = entry->pw_uid;
    gid = entry->pw_gid;
  } else if (const auto number = number_of(options.user)) {
    uid = *number;
    if (const passwd* known = ::getpwuid(uid)) gid = known->pw_gid;
  } else {
    return fail(Errc::usage, "--user: no user '{}'", escaped(options.user));
  }
  if (!options.group.empty()) {
    ARGUS_TRY_LET(gid, group_id(options.group));
  }
  if (!gid) return fail(Errc::usage, "--user: {} has no group of its own; give --group", escaped(options.user));
  return identity_of(uid, *gid, "as requested");
}

std::optional<Identity> sudo_caller() {
  const char* uid = std::getenv("SUDO_UID");
  const char* gid = std::getenv("SUDO_GID");
  if (uid == nullptr || gid == nullptr) return std::nullopt;
  const auto u = number_of(uid), g = number_of(gid);
  if (!u || !g || *u == 0) return std::nullopt;
  return identity_of(*u, *g, "the sudo caller");
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

// Whether the identity may make files in the folder: asked of the kernel by a child that has become it, which knows
// about access lists, mounts and the folders above. A folder that is not there yet is made by argus and given away:
// then the identity must only get as far as the nearest that is. Only async-signal-safe calls follow the fork.
bool can_make_files(const Identity& who, std::string folder) {
  int wish = W_OK | X_OK;
  while (!exists(folder) && folder != "." && folder != "/") {
    folder = fixed_folder(folder);
    wish = X_OK;
  }
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    const bool became = ::setgroups(who.groups.size(), who.groups.data()) == 0 &&
                        ::setresgid(who.gid, who.gid, who.gid) == 0 && ::setresuid(who.uid, who.uid, who.uid) == 0;
    ::_exit(became && ::faccessat(AT_FDCWD, folder.c_str(), wish, AT_EACCESS) == 0 ? 0 : 1);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The first folder in which it cannot; nothing where there is none.
std::optional<std::string> closed_folder(const Identity& who, const std::vector<std::string>& folders) {
  const auto closed =
      std::find_if(folders.begin(), folders.end(), [&](const auto& folder) { return !can_make_files(who, folder); });
  return closed == folders.end() ? std::nullopt : std::optional(*closed);
}

Error cannot_make_files(const Identity& who, const std::string& folder) {
  return fail(Errc::io,
              "{}: {} ({}) could not make the next file there; name a folder that is {}'s, one plain file, or "
              "--stay-root",
              escaped(folder), escaped(who.name), who.why, escaped(who.name));
}

bool holds_setid() {
  return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) != 0 &&
         capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID) != 0;
}

Identity itself() {
  Identity out;
  out.uid = ::geteuid();
  out.gid = ::getegid();
  out.name = user_name(out.uid);
  return out;
}

Identity root_without_capabilities() {
  Identity out = itself();
  out.why = "as requested";
  return out;
}

// The users that nobody logs in as. The second is there on every machine, by number at least.
std::vector<Identity> service_users() {
  std::vector<Identity> out;
  if (const passwd* entry = ::getpwnam(kServiceUser.data()))
    out.push_back(identity_of(entry->pw_uid, entry->pw_gid, "a user of its own"));
  constexpr id_t kNobody = 65534;
  const passwd* entry = ::getpwnam("nobody");
  const bool known = entry != nullptr && entry->pw_uid != 0;
  out.push_back(identity_of(known ? entry->pw_uid : kNobody, known ? entry->pw_gid : kNobody,
                            out.empty() ? "no sudo caller, no user argus" : "argus could not make files here"));
  out.back().is_shared = true;
  return out;
}

Result<Identity> choose_service_user(const RightsOptions& options) {
  std::vector<Identity> users = service_users();
  std::vector<std::string> names;
  std::string closed;
  for (Identity& who : users) {
    const auto folder = closed_folder(who, options.folders);
    who.makes_files = !folder;
    if (!folder) return who;
    if (closed.empty()) closed = *folder;
    names.push_back(who.name);
  }
  if (!options.makes_files) return users.front();
  return fail(Errc::io,
              "{}: only root could make the next file there, not {}; give the folder to one of them (chown {} "
              "FOLDER), name another with --user NAME, or say --stay-root",
              escaped(closed), joined(names, " or "), names.front());
}

Result<Identity> asked_for(const RightsOptions& options, bool setid) {
  ARGUS_TRY_LET(Identity out, asked_for(options));
  if (out.uid == 0 && !options.stay_root)
    return fail(Errc::usage, "--user {} stays root, which needs --stay-root", escaped(options.user));
  if (out.uid != 0 && options.stay_root)
    return fail(Errc::usage, "--stay-root and --user {} exclude each other", escaped(options.user));
  if (out.changes && !setid) return fail(Errc::io, "--user: this root has no CAP_SETUID and CAP_SETGID");
  return out;
}

// What was made for it becomes its own.
bool is_given(const Identity& who) { return who.changes && (!who.is_shared || who.makes_files); }

Result<> give_descriptor(int fd, const std::string& path, const Identity& who) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  // What somebody else owns, or what has another name somewhere, is not what this process has just made.
  if (info.st_uid != 0 || (S_ISREG(info.st_mode) && info.st_nlink != 1)) return {};
  if (S_ISLNK(info.st_mode)) return fail(Errc::io, "{}: is a symbolic link", path);
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return {};
  if (::fchownat(fd, "", who.uid, who.gid, AT_EMPTY_PATH) != 0)
    return fail(Errc::io, "{}: cannot be given to {}: {}", path, escaped(who.name), system_reason(errno));
  return {};
}

// The capabilities that are left, as the kernel says.
Result<> check_capabilities(bool net_raw) {
  if (capng_get_caps_process() != 0) return fail(Errc::io, "rights: {}", system_reason(errno));
  for (unsigned cap = 0; cap <= CAP_LAST_CAP; cap++) {
    if (net_raw && cap == CAP_NET_RAW) continue;
    if (capng_have_capability(CAPNG_EFFECTIVE, cap) != 0 || capng_have_capability(CAPNG_PERMITTED, cap) != 0)
      return fail(Errc::io, "rights: capability {} could not be given up", capng_capability_to_name(cap));
  }
  return {};
}

// Other threads would keep capabilities and a way to new ones: what began them too early is at fault.
Result<> check_alone() {
#ifndef __SANITIZE_THREAD__  // has a thread of its own
  struct stat tasks {};
  // A folder's links are itself, its name above, and one for each folder in it: one a thread.
  if (::stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3)
    return fail(Errc::io, "rights: {} threads run already, and would keep theirs", tasks.st_nlink - 2);
#endif
  return {};
}

// The wanted sets, and whether CAP_NET_RAW is among them.
bool wish_for(bool net_raw) {
  const bool held =
      capng_get_caps_process() == 0 && capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW) != 0 && net_raw;
  capng_clear(CAPNG_SELECT_ALL);
  if (held) capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), CAP_NET_RAW);
  return held;
}

Result<bool> drop_as_root(const Identity& who, bool keep_net_raw) {
  if (who.changes && ::setgroups(who.groups.size(), who.groups.data()) != 0)
    return fail(Errc::io, "rights: groups of {}: {}", escaped(who.name), system_reason(errno));
  capng_get_caps_process();
  const bool bounds = capng_have_capability(CAPNG_PERMITTED, CAP_SETPCAP) != 0;
  const bool net_raw = wish_for(keep_net_raw);
  // In a container without CAP_SETPCAP the bounding set is the container's.
  if (bounds && capng_apply(CAPNG_SELECT_BOUNDS) != 0)
    return fail(Errc::io, "rights: the bounding set: {}", system_reason(errno));
  if (who.changes) {
    if (const int bad = capng_change_id(static_cast<int>(who.uid), static_cast<int>(who.gid), CAPNG_NO_FLAG); bad != 0)
      return fail(Errc::io, "rights: cannot become {}: {} (step {})", escaped(who.name), system_reason(errno), bad);
  } else if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
    return fail(Errc::io, "rights: {}", system_reason(errno));
  }
  return net_raw;
}

}  // namespace

bool is_user(const std::string& text) { return ::getpwnam(text.c_str()) != nullptr || number_of(text).has_value(); }
bool is_group(const std::string& text) { return ::getgrnam(text.c_str()) != nullptr || number_of(text).has_value(); }

Result<Identity> choose_identity(const RightsOptions& options) {
  if (options.user.empty() && !options.group.empty()) return fail(Errc::usage, "--group needs --user");
  if (::geteuid() != 0) {
    Identity self = itself();
    if (!options.user.empty()) {
      ARGUS_TRY_LET(const Identity asked, asked_for(options));
      if (asked.uid != self.uid)
        return fail(Errc::io, "--user: only root can become {}; this is {}", escaped(asked.name), escaped(self.name));
    }
    return self;
  }
  const bool setid = holds_setid();
  Identity out;
  if (!options.user.empty()) {
    ARGUS_TRY_LET(out, asked_for(options, setid));
  } else if (options.stay_root) {
    out = root_without_capabilities();
  } else if (!setid) {
    return fail(Errc::io,
                "rights: this root has no CAP_SETUID and CAP_SETGID and cannot become another user; give it these, "
                "start it as another user with CAP_NET_RAW, or say --stay-root");
  } else if (auto caller = sudo_caller()) {
    out = *std::move(caller);
  } else {
    return choose_service_user(options);
  }
  if (!out.changes) return out;
  const auto closed = closed_folder(out, options.folders);
  out.makes_files = !closed;
  if (options.makes_files && closed) return cannot_make_files(out, *closed);
  return out;
}

std::string fixed_folder(std::string_view pattern) {
  const std::string_view fixed = pattern.substr(0, pattern.find('%'));
  const auto slash = fixed.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(fixed.substr(0, std::max<std::size_t>(slash, 1)));
}

Result<> give_to(const File& file, const Identity& identity) {
  if (!is_given(identity)) return {};
  return give_descriptor(file.fd(), file.path(), identity);
}

Result<> give_to(const std::string& path, const Identity& identity) {
  if (!is_given(identity)) return {};
  // O_PATH: the end of any other descriptor would take along the lock by which readers know that it is being written.
  const int fd = ::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return fail(Errc::io, "{}: {}", path, system_reason(errno));
  const File file(fd, path);
  return give_descriptor(fd, path, identity);
}

MissingParts missing_for(std::string_view pattern) {
  MissingParts out;
  out.file = !exists(std::string(pattern));
  for (std::string folder = fixed_folder(pattern); !exists(folder) && folder != "." && folder != "/";
       folder = fixed_folder(folder))
    out.folders.push_back(folder);
  return out;
}

Result<> give_made(const std::string& path, std::string_view pattern, const MissingParts& missing,
                   const Identity& identity) {
  if (!is_given(identity)) return {};
  if (missing.file) ARGUS_TRY(give_to(path, identity));
  const std::string fixed = fixed_folder(pattern);
  std::string folder = fixed_folder(path);
  for (; folder != fixed && folder.size() > fixed.size(); folder = fixed_folder(folder))
    ARGUS_TRY(give_to(folder, identity));
  if (fixed == "." && folder != ".") ARGUS_TRY(give_to(folder, identity));
  for (const std::string& made : missing.folders) ARGUS_TRY(give_to(made, identity));
  return {};
}

Result<RightsReport> drop_rights(const Identity& identity, const RightsOptions& options) {
  ARGUS_TRY(check_alone());
  RightsReport report;
  report.identity = identity;
  if (::geteuid() == 0) {
    ARGUS_TRY_LET(report.net_raw, drop_as_root(identity, options.keep_net_raw));
  } else {
    report.net_raw = wish_for(true);
    if (capng_apply(CAPNG_SELECT_CAPS) != 0) return fail(Errc::io, "rights: {}", system_reason(errno));
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail(Errc::io, "rights: no_new_privs: {}", system_reason(errno));
  ARGUS_TRY(check_capabilities(report.net_raw));
  if (::getuid() != identity.uid || ::geteuid() != identity.uid || ::getegid() != identity.gid)
    return fail(Errc::io, "rights: still not {}", escaped(identity.name));
  if (identity.uid != 0 && ::setuid(0) == 0) return fail(Errc::io, "rights: root could be had back");
  report.sentence = fmt::format("rights: {}user {}{}, {}", identity.changes ? "now " : "", escaped(identity.name),
                                identity.why.empty() ? "" : " (" + identity.why + ")",
                                report.net_raw ? "no capability but CAP_NET_RAW" : "no capabilities");
  return report;
}

}  // namespace argus
