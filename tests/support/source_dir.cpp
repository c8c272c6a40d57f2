// The one file that is compiled with the folder's name, so that all others are the same wherever they are built.
#include "support/source_dir.h"

namespace argus {

std::string source_dir() { return ARGUS_SOURCE_DIR; }

}  // namespace argus
