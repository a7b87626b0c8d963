// Expected failure: a Result<T> carries a value or an Error whose code is a stable, documented name.
// Infrastructure failure (a lost disk, a lost connection) is an exception and is caught at session, ABI and main.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace partnerd {

enum class errc {
#define PARTNERD_ERROR(code, status, title) code,
#include "domain/errors.def"
#undef PARTNERD_ERROR
};

// The stable name ("currency_not_accepted"), its HTTP status and its title. [any thread]
std::string_view code_name(errc) noexcept;
int http_status(errc) noexcept;
std::string_view title(errc) noexcept;

struct Error {
    errc code = errc::internal;
    std::string detail;  // a sentence for a person: what was wrong and the way out; never a secret
    std::string field;   // the JSON pointer or parameter that was wrong, if any: "/amount/currency"
    // A plugin's own code (its README lists it); empty for the core's. Overrides `code` in the answer, `status` likewise.
    std::string foreign_code;
    int foreign_status = 0;

    Error() = default;
    Error(errc c) : code(c) {}  // NOLINT: `return errc::busy;` reads well
    Error(errc c, std::string d, std::string f = {}) : code(c), detail(std::move(d)), field(std::move(f)) {}
    std::string_view name() const noexcept { return foreign_code.empty() ? code_name(code) : std::string_view(foreign_code); }
    std::string message() const;  // "code: detail (field)"
};

// Thrown by Result::value() on an error: for places (command line, tests) where a refusal ends the work.
class Refused : public std::runtime_error {
  public:
    explicit Refused(Error e);
    Error error;
};
[[noreturn]] void throw_exception_from_error(Error const&, boost::source_location const&);

template <class T>
using Result = boost::system::result<T, Error>;
using Status = Result<void>;

}  // namespace partnerd
