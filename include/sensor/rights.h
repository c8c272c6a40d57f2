// What a process that began as root may still do once everything is open. The order of a capture: choose_identity,
// open interfaces, files and sockets, give_to what was made, drop_rights, only then the first packet.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace argus {

struct RightsOptions {
  std::string user;                  // name or number; empty: the sudo caller, else user argus, else user nobody
  std::string group;                 // name or number; empty: the user's own. Needs a user
  std::vector<std::string> folders;  // where files are written; empty: none are
  bool makes_files = false;          // later, in `folders`: a rotation pattern. The identity must be able to
  bool keep_net_raw = false;         // interfaces that come and go are opened again with CAP_NET_RAW
  bool stay_root = false;            // without capabilities; root never stays root but by this
};

// Whom the process is going to be.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // supplementary ones
  std::string name, why;      // "alice", "the sudo caller"
  bool changes = false;       // the process is root and becomes this uid
  bool makes_files = true;    // it can make files in each folder; without this HUP cannot reopen one there
  bool is_shared = false;     // nobody: others are it too, so that it is given only what it must have
};

struct RightsReport {
  Identity identity;
  bool net_raw = false;
  std::string sentence;  // "rights: now user alice (the sudo caller), no capabilities"
};

// A name or number that --user or --group takes.
[[nodiscard]] bool is_user(const std::string& text);
[[nodiscard]] bool is_group(const std::string& text);

// Not root: itself. Root: --user if given; else the sudo caller; else the first of the users argus and nobody that can
// make files in each folder, or, where plain files are open before and none follow, the first. Root only where that
// was asked for. Errc::usage for an unknown user or group; Errc::io when later files could not be made by it, or the
// process cannot become anybody, in words that say what helps.
[[nodiscard]] Result<Identity> choose_identity(const RightsOptions& options);

// The folder of a path or pattern that does not change with the clock: "/var/lib/argus" of
// "/var/lib/argus/%Y/%m/a.flows", "." of "a.flows".
[[nodiscard]] std::string fixed_folder(std::string_view pattern);

// Makes what this process has just created the identity's: an open file, or a path (not through a link, and only what
// is root's). Nothing to do unless the identity changes.
[[nodiscard]] Result<> give_to(const File& file, const Identity& identity);
[[nodiscard]] Result<> give_to(const std::string& path, const Identity& identity);

// What argus makes for a file: `missing_for` asks before it is opened, `give_made` gives the file, the folders that
// were missing and those below the pattern's fixed one. A file that was there is left as it is.
struct MissingParts {
  bool file = false;
  std::vector<std::string> folders;
};
[[nodiscard]] MissingParts missing_for(std::string_view pattern);
[[nodiscard]] Result<> give_made(const std::string& path, std::string_view pattern, const MissingParts& missing,
                                 const Identity& identity);

// Becomes the identity, for good: uid, gid and groups, no capabilities but CAP_NET_RAW where it is kept, the bounding
// set emptied, no_new_privs; then checks that there is no way back. Not root: sets no_new_privs and keeps of its
// capabilities CAP_NET_RAW alone. Capabilities belong to threads: call it before the first other one is made.
[[nodiscard]] Result<RightsReport> drop_rights(const Identity& identity, const RightsOptions& options);

}  // namespace argus
