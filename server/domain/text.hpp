// Text as it comes from outside: is it UTF-8, may it be a handle, a code, an e-mail address.
#pragma once

#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace partnerd {

bool is_utf8(std::string_view text);  // well-formed, no surrogates, no overlong forms
std::size_t utf8_prefix(std::string_view text);  // how many bytes at the front are UTF-8
bool has_control(std::string_view text);  // a byte below 0x20, or 0x7f
bool is_one_line(std::string_view text) noexcept;  // no CR, LF or NUL
// A name in URLs: 1 to 64 of a-z 0-9 '-' '_' '.', beginning with a letter or digit.
bool is_handle(std::string_view text);
// A code that people type: 2 to 64 visible ASCII characters of letters, digits, '-', '_'.
bool is_code(std::string_view text);
std::string lower_ascii(std::string_view text);
std::string_view trim(std::string_view text);
// Trimmed and in lower case, with one '@' and a dotted domain; invalid_field otherwise.
Result<std::string> normalise_email(std::string_view text);

}  // namespace partnerd
