// Asserts that stay on in release: for invariants of the ledger, of money and of the ABI. A broken one ends the process,
// since going on would write wrong money.
#pragma once

namespace partnerd {
[[noreturn]] void invariant_broken(char const* text, char const* file, int line) noexcept;
}

#define PARTNERD_INVARIANT(condition) \
    (static_cast<bool>(condition) ? static_cast<void>(0) : ::partnerd::invariant_broken(#condition, __FILE__, __LINE__))
