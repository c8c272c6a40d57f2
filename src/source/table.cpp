// Our own tables and JSON lines.
#include "import/table.h"

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "import/reader.h"
#include "source/imported.h"
#include "source/inspect.h"
#include "source/kinds.h"
#include "source/open_source.h"

namespace argus {

bool recognise_table(Bytes head) { return looks_like_table(head); }

Result<OpenedKind> open_table(InputStream input, const SourceOptions&) {
  std::string name = input.name();
  ARGUS_TRY_LET(RecordReaderPtr reader, read_table(std::move(input)));
  return imported(std::move(reader), std::move(name));
}

Result<> inspect_table(InspectedInput input, const InspectOptions& options, InputFacts& facts) {
  ARGUS_TRY_LET(const RecordReaderPtr reader, read_table(std::move(input.stream)));
  return inspect_imported(*reader, input.place, options, facts);
}

}  // namespace argus
