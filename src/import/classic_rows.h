// Records of the classic Argus as rows.
#pragma once

#include "import/classic_record.h"
#include "import/rows.h"

namespace argus {

// The next row. Changes the record where its ends must change places.
void put_classic(ClassicRecord& record, Rows& rows);

}  // namespace argus
