// Records of other programs as a source, whatever their format.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "import/reader.h"
#include "source/inspect.h"
#include "source/kinds.h"

namespace argus {

// `name`: of the input.
[[nodiscard]] OpenedKind imported(RecordReaderPtr reader, std::string name);
// What is in it: all of it is read.
[[nodiscard]] Result<> inspect_imported(RecordReader& reader, const File& place, const InspectOptions& options,
                                        InputFacts& facts);

}  // namespace argus
