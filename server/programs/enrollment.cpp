#include "programs/enrollment.hpp"

#include "storage/array_text.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {

std::optional<Enrollment> first_enrollment(storage::Tx& tx, std::string const& where, Id program, Id key) {
    auto const row = tx.row<std::int64_t, std::int64_t, std::string, std::string, std::int64_t, std::string, std::int64_t>(
        "select id, partner, status, grp, accepted_terms, reason, joined_at_us from enrollment where program = :program and " + where, {arg("program", program), arg("key", key)});
    if (!row) return std::nullopt;
    Enrollment e;
    e.program = program;
    std::tie(e.id, e.partner, e.status, e.group, e.accepted_terms, e.reason, e.joined_at_us) = *row;
    return e;
}

std::int64_t newest_terms(storage::Tx& tx, Id program) {
    return tx.value<std::int64_t>("select version from terms where program = :program order by version desc limit 1", {arg("program", program)}).value_or(0);
}

}  // namespace

Enrollment enroll(storage::Tx& tx, Kernel const& kernel, Id program, Id partner, std::string_view group, bool accept) {
    if (auto found = find_enrollment_of(tx, program, partner)) return *found;
    Enrollment e{kernel.mint.mint(), program, partner, "active", group.empty() ? "default" : std::string(group), accept ? newest_terms(tx, program) : 0, "", kernel.clock.now_us()};
    tx.exec("insert into enrollment (id, program, partner, status, grp, accepted_terms, reason, joined_at_us) "
            "values (:id, :program, :partner, 'active', :grp, :terms, '', :now)",
            {arg("id", e.id), arg("program", program), arg("partner", partner), arg("grp", e.group), arg("terms", e.accepted_terms), arg("now", e.joined_at_us)});
    return e;
}

std::optional<Enrollment> find_enrollment(storage::Tx& tx, Id program, Id enrollment) { return first_enrollment(tx, "id = :key", program, enrollment); }
std::optional<Enrollment> find_enrollment_of(storage::Tx& tx, Id program, Id partner) { return first_enrollment(tx, "partner = :key", program, partner); }

std::vector<Enrollment> find_enrollments(storage::Tx& tx, std::span<Id const> programs, std::span<Id const> enrollments) {
    std::vector<Enrollment> found;
    if (enrollments.empty()) return found;
    for (auto const& row : tx.query<std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::int64_t, std::string, std::int64_t>(
             "select e.id, w.program, e.partner, e.status, e.grp, e.accepted_terms, e.reason, e.joined_at_us "
             "from unnest(cast(:programs as bigint[]), cast(:ids as bigint[])) as w(program, id) "
             "cross join lateral (select * from enrollment e where e.program = w.program and e.id = w.id limit 1) as e",
             {arg("programs", storage::array_text(programs)), arg("ids", storage::array_text(enrollments))})) {
        auto& e = found.emplace_back();
        std::tie(e.id, e.program, e.partner, e.status, e.group, e.accepted_terms, e.reason, e.joined_at_us) = row;
    }
    return found;
}

Status set_enrollment_status(storage::Tx& tx, Kernel const& kernel, Id program, Id enrollment, std::string_view status, std::string_view reason) {
    auto const found = find_enrollment(tx, program, enrollment);
    if (!found) return errc::not_found;
    if (found->status == status || found->status == "closed") return Error(errc::invalid_state, "the enrollment is " + found->status);
    tx.exec("update enrollment set status = :status, reason = :reason where program = :program and id = :id",
            {arg("status", status), arg("reason", reason), arg("program", program), arg("id", enrollment)});
    touch_program(tx, kernel, program);
    return {};
}

void set_enrollment_group(storage::Tx& tx, Kernel const& kernel, Enrollment const& enrollment, std::string_view group) {
    tx.exec("update enrollment set grp = :grp where program = :program and id = :id", {arg("grp", group), arg("program", enrollment.program), arg("id", enrollment.id)});
    touch_program(tx, kernel, enrollment.program);
}

Status accept_terms(storage::Tx& tx, Id program, Id enrollment, std::int64_t version) {
    if (!tx.value<std::int64_t>("select 1 from terms where program = :program and version = :version", {arg("program", program), arg("version", version)}))
        return Error(errc::not_found, "the program has no terms of version " + std::to_string(version));
    auto const changed = tx.exec("update enrollment set accepted_terms = :version where program = :program and id = :id and accepted_terms <= :version",
                                 {arg("version", version), arg("program", program), arg("id", enrollment)});
    if (changed == 0) return Error(errc::invalid_state, "later terms were accepted already");
    return {};
}

}  // namespace partnerd::programs
