#include "flow/progress.h"

namespace argus {

ReadCounts sum_of(const ReadCounts& a, const ReadCounts& b) {
  return {a.files + b.files,
          a.frames_read + b.frames_read,
          a.skipped_by_time + b.skipped_by_time,
          a.skipped_by_range + b.skipped_by_range,
          a.skipped_by_membership + b.skipped_by_membership,
          a.rows_read + b.rows_read,
          a.rows_kept + b.rows_kept};
}

}  // namespace argus
