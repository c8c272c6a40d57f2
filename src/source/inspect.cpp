#include "source/inspect.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/recognise.h"

namespace argus {

Progress progress_of(const File& place) {
  Progress out;
  struct stat info {};
  if (!place.is_open() || ::fstat(place.fd(), &info) != 0) return out;
  out.bytes_whole = static_cast<std::uint64_t>(info.st_size);
  out.bytes = static_cast<std::uint64_t>(std::max<off_t>(::lseek(place.fd(), 0, SEEK_CUR), 0));
  return out;
}

Result<InputFacts> inspect(const std::string& path, const InspectOptions& options) {
  SourceOptions opening;
  opening.stop = options.stop;
  ARGUS_TRY_LET(OpenedInput opened, recognise(path, opening));
  return inspect_kind(std::move(opened), options);
}

}  // namespace argus
