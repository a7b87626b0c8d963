#include "api/program_body.hpp"

namespace partnerd::api {

namespace {

// Puts a wished value in place and notes the difference.
void put_text(Difference& difference, std::string_view name, std::string& field, std::optional<std::string> const& wished) {
    if (!wished) return;
    difference.text(name, field, *wished);
    field = *wished;
}
void put_texts(Difference& difference, std::string_view name, std::vector<std::string>& field,
               std::optional<std::vector<std::string>> const& wished) {
    if (!wished) return;
    difference.texts(name, field, *wished);
    field = *wished;
}

// A text that may be cleared by null or "".
std::optional<std::string> clearable(routing::BodyReader& in, std::string_view name, std::size_t max) {
    if (in.is_null(name)) return std::string();
    return in.optional_text(name, {.max = max, .min = 0});
}

std::optional<std::vector<std::string>> list(routing::BodyReader& in, std::string_view name, std::size_t max_count) {
    bool const named = in.has(name) || in.is_null(name);
    auto texts = in.texts(name, max_count);
    return named ? std::optional(std::move(texts)) : std::nullopt;
}

}  // namespace

ProgramWish read_program(routing::BodyReader& in) {
    ProgramWish wish;
    wish.name = in.optional_text("name");
    wish.currency = in.optional_currency("currency");
    wish.order_currencies = list(in, "order_currencies", 50);
    wish.zone = in.optional_text("zone", {.max = 64});
    wish.exclusive_group = clearable(in, "exclusive_group", 64);
    wish.hosts = list(in, "hosts", 100);
    wish.destination = clearable(in, "destination", 2048);
    wish.auto_approve = in.optional_boolean("auto_approve");
    return wish;
}

Result<Difference> apply_wish(programs::Program& program, ProgramWish const& wish) {
    Difference difference;
    if (wish.currency && !(*wish.currency == program.currency))
        return Error(errc::invalid_field, "the program pays in " + std::string(program.currency.code()) + "; its currency cannot change",
                     "/currency");
    put_text(difference, "name", program.name, wish.name);
    put_texts(difference, "order_currencies", program.order_currencies, wish.order_currencies);
    put_text(difference, "zone", program.zone, wish.zone);
    put_text(difference, "exclusive_group", program.exclusive_group, wish.exclusive_group);
    put_texts(difference, "hosts", program.hosts, wish.hosts);
    put_text(difference, "destination", program.destination, wish.destination);
    if (wish.auto_approve) {
        difference.truth("auto_approve", program.auto_approve, *wish.auto_approve);
        program.auto_approve = *wish.auto_approve;
    }
    return difference;
}

}  // namespace partnerd::api
