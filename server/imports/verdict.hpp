// What an answer means for the record that was sent. Pure.
#pragma once

#include <chrono>
#include <string>

#include "imports/door.hpp"

namespace partnerd::imports {

struct Verdict {
    enum class Kind { created, unchanged, rejected, again, hopeless };
    Kind kind = Kind::rejected;
    std::string code, detail;                 // of rejected, again and hopeless
    std::chrono::milliseconds not_before{0};  // of again: the answer's Retry-After
};

// 2xx: created, or unchanged with "Idempotent-Replayed: true" or "duplicate": true in the body. 503, 429, 504: again. 401, 403
// and unknown_program: hopeless, since every record will get the same. All else: rejected, with the problem's code and detail.
Verdict judge(Answer const& answer);

}  // namespace partnerd::imports
