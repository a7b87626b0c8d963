// A click id that travels through browsers and merchants: signed, so that a forged or mistyped one is refused without a look-up.
// 16 bytes: version and key number (1), id (8), SipHash-2-4 over (program, version, id) cut to 7; 26 base32 characters.
#pragma once

#include "domain/digest.hpp"
#include "domain/id.hpp"

namespace partnerd {

std::string sign_click_id(Key32 const& key, Id program, Id click);
// The click, or invalid_click_id. A click id of another program does not verify.
Result<Id> verify_click_id(Key32 const& key, Id program, std::string_view text);

}  // namespace partnerd
