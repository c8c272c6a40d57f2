// A test that names this has calls of close() done, and refused where it says so.
#pragma once

namespace argus {

[[nodiscard]] int& refused_close();  // errno of the next call of this thread, once; 0: none is refused

}  // namespace argus
