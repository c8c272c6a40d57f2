// Files of the classic Argus 3.
#include "import/classic.h"

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "import/reader.h"
#include "source/imported.h"
#include "source/inspect.h"
#include "source/kinds.h"
#include "source/open_source.h"

namespace argus {

bool recognise_classic(Bytes head) { return looks_like_classic(head); }

Result<OpenedKind> open_classic(InputStream input, const SourceOptions&) {
  std::string name = input.name();
  return imported(read_classic(std::move(input)), std::move(name));
}

Result<> inspect_classic(InspectedInput input, const InspectOptions& options, InputFacts& facts) {
  const RecordReaderPtr reader = read_classic(std::move(input.stream));
  return inspect_imported(*reader, input.place, options, facts);
}

}  // namespace argus
