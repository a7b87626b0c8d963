#include "programs/link.hpp"

#include "domain/text.hpp"
#include "programs/destination.hpp"
#include "storage/array_text.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {

auto query_links(storage::Tx& tx, std::string const& where, storage::Arg const& key) {
    return tx.query<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string, bool, std::int64_t>(
        "select id, program, enrollment, partner, code, destination, channel, sub1, sub2, sub3, sub4, sub5, stopped, created_at_us from link where " + where, {key});
}

template <class Row>
Link link_of(Row&& row) {
    Link l;
    std::tie(l.id, l.program, l.enrollment, l.partner, l.code, l.destination, l.channel, l.subs[0], l.subs[1], l.subs[2], l.subs[3], l.subs[4], l.stopped, l.created_at_us) = std::forward<Row>(row);
    return l;
}

std::optional<Link> first_link(storage::Tx& tx, std::string const& where, storage::Arg const& key) {
    auto row = query_links(tx, where, key).next();
    if (!row) return std::nullopt;
    return link_of(std::move(*row));
}

Status check_text(std::string_view text, std::string_view field) {
    if (text.size() > 100 || has_control(text) || !is_utf8(text)) return Error(errc::invalid_field, "at most 100 characters, no control characters", "/" + std::string(field));
    return {};
}

Status check(Program const& program, Link& link) {
    if (!link.code.empty() && !is_code(link.code)) return Error(errc::invalid_field, "a code has 2 to 64 letters, digits, '-' or '_'", "/code");
    if (link.destination.empty()) link.destination = program.destination;
    if (link.destination.empty()) return Error(errc::missing_field, "the program has no destination of its own; name one", "/destination");
    auto hosts = program.hosts;
    if (auto const own = host_of(program.destination); !own.empty()) hosts.push_back(own);
    if (auto status = check_destination(link.destination, hosts); !status) return Error(status.error().code, status.error().detail, "/destination");
    if (auto status = check_text(link.channel, "channel"); !status) return status;
    for (std::size_t i = 0; i < link.subs.size(); ++i)
        if (auto status = check_text(link.subs[i], "sub" + std::to_string(i + 1)); !status) return status;
    return {};
}

}  // namespace

Status create_link(storage::Tx& tx, Kernel const& kernel, Program const& program, Enrollment const& enrollment, Link& link) {
    if (auto status = check(program, link); !status) return status;
    link.id = kernel.mint.mint();
    link.program = program.id;
    link.enrollment = enrollment.id;
    link.partner = enrollment.partner;
    link.created_at_us = kernel.clock.now_us();
    link.code = link.code.empty() ? random_token().substr(0, 8) : lower_ascii(link.code);
    auto const inserted = tx.exec(
        "insert into link (id, program, enrollment, partner, code, destination, channel, sub1, sub2, sub3, sub4, sub5, stopped, created_at_us) "
        "values (:id, :program, :enrollment, :partner, :code, :destination, :channel, :s1, :s2, :s3, :s4, :s5, 0, :now) on conflict (code) do nothing",
        {arg("id", link.id), arg("program", link.program), arg("enrollment", link.enrollment), arg("partner", link.partner), arg("code", link.code), arg("destination", link.destination),
         arg("channel", link.channel), arg("s1", link.subs[0]), arg("s2", link.subs[1]), arg("s3", link.subs[2]), arg("s4", link.subs[3]), arg("s5", link.subs[4]),
         arg("now", link.created_at_us)});
    if (inserted == 0) return Error(errc::code_taken, "the code '" + link.code + "' is in use; choose another", "/code");
    return {};
}

std::optional<Link> find_link(storage::Tx& tx, Id link) { return first_link(tx, "id = :id", arg("id", link)); }
std::vector<Link> find_links(storage::Tx& tx, std::span<Id const> links) {
    std::vector<Link> found;
    if (links.empty()) return found;
    for (auto const& row : query_links(tx, "id = any(cast(:ids as bigint[]))", arg("ids", storage::array_text(links)))) found.push_back(link_of(row));
    return found;
}

std::optional<Link> find_link_by_code(storage::Tx& tx, std::string_view code) {
    auto const key = lower_ascii(code);
    return first_link(tx, "code = :code", arg("code", key));
}
void set_link_stop(storage::Tx& tx, Kernel const& kernel, Link const& link, bool stopped) {
    tx.exec("update link set stopped = :stopped where id = :id", {arg("stopped", stopped), arg("id", link.id)});
    kernel.changes.announce(tx, link.program);
}

}  // namespace partnerd::programs
