#include "domain/result.hpp"

#include <array>

namespace partnerd {

namespace {
struct Row {
    std::string_view name;
    int status;
    std::string_view title;
};
constexpr Row rows[] = {
#define PARTNERD_ERROR(code, status, title) {#code, status, title},
#include "domain/errors.def"
#undef PARTNERD_ERROR
};
}  // namespace

std::string_view code_name(errc e) noexcept { return rows[static_cast<int>(e)].name; }
int http_status(errc e) noexcept { return rows[static_cast<int>(e)].status; }
std::string_view title(errc e) noexcept { return rows[static_cast<int>(e)].title; }

std::string Error::message() const {
    std::string text(name());
    if (!detail.empty()) text += ": " + detail;
    if (!field.empty()) text += " (" + field + ")";
    return text;
}

Refused::Refused(Error e) : std::runtime_error(e.message()), error(std::move(e)) {}

void throw_exception_from_error(Error const& e, boost::source_location const&) { throw Refused(e); }

}  // namespace partnerd
