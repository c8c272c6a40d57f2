#include "argus/program.h"

int main(int argc, char** argv) { return argus::run_program(argc, argv); }
