// Takes secrets out of text that leaves the process by a log, an error message or a print of the configuration.
#pragma once

#include <string>
#include <string_view>

namespace partnerd::logging {

// `text` with each secret replaced by "***":
//   an API key          pd_partner_live_7f...   ->  pd_partner_live_***
//   a URL's password    postgresql://u:pw@host  ->  postgresql://u:***@host
//   a named secret      password=pw, secret=s, token=t, api_key=k (in a query, a connection string)  ->  password=***
//   credentials         Bearer abc, Basic abc   ->  Bearer ***
//   a random token      (52 base32 characters)  ->  ***
// [any thread]
std::string scrub(std::string_view text);

// A field or a key of a configuration that names a secret ("password", "authorization", "client_secret"): its whole value is masked.
bool names_a_secret(std::string_view key) noexcept;

}  // namespace partnerd::logging
