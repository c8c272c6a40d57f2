#pragma once

// Where the project's files are, for tests that read its pages.

#include <string>

namespace argus {

std::string source_dir();

}  // namespace argus
