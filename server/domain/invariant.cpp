#include "domain/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace partnerd {

void invariant_broken(char const* text, char const* file, int line) noexcept {
    std::fprintf(stderr, "partnerd: invariant broken: %s (%s:%d)\n", text, file, line);
    std::abort();
}

}  // namespace partnerd
