#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"
#include "plugins/sql_guard.hpp"

namespace partnerd::plugins {
namespace {

using storage::ColumnType;
using storage::Value;

std::int32_t dialect(partnerd_host* host) noexcept {
    auto* const instance = instance_of(host);
    return instance == nullptr ? 0 : static_cast<std::int32_t>(instance->services->storage().dialect());
}

partnerd_status transact(partnerd_host* host, std::int32_t mode, partnerd_tx_fn fn, void* user, partnerd_error* e) noexcept {
    auto* const instance = instance_of(host);
    if (instance == nullptr || fn == nullptr) return fail(e, PARTNERD_E_INVALID, "no host handle or no function");
    auto const role = Frame::role_now();
    auto const in_start = role == Role::main && instance->state == State::created;
    if (role != Role::worker && role != Role::none && !in_start)
        return fail(e, PARTNERD_E_THREAD, std::string("transact is for [worker], and this is ") + std::string(role_name(role)));
    return barrier(e, [&]() -> partnerd_status {
        partnerd_status status = PARTNERD_E_FAIL;
        Frame* const caller = Frame::top();  // it waits, so what it has may be used
        auto const work = [&](storage::Tx& tx) {
            status = PARTNERD_OK;
            auto const run = [&](Frame& frame, partnerd_error*) { return status = fn(user, frame.c_tx(), e); };
            call_in_tx(*instance, tx, run, nullptr, nullptr, caller);
            return status >= 0;
        };
        if (mode == PARTNERD_READ) {
            instance->services->storage().read([&](storage::Tx& tx) { work(tx); });
            return status;
        }
        bool const kept = instance->services->storage().write(work);
        return kept || status < 0 ? status : fail(e, PARTNERD_E_STATE, "the unit was doomed by a failed statement and rolled back");
    });
}

partnerd_status lock(partnerd_tx* tx, partnerd_str key, partnerd_error* e) noexcept {
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        frame.tx->lock("plugin:" + frame.instance.id + ":" + std::string(sv(key)));
        return PARTNERD_OK;
    });
}

bool column_type(std::int32_t type, ColumnType& out) noexcept {
    switch (type) {
        case PARTNERD_T_I64:
        case PARTNERD_T_TIME_US:
        case PARTNERD_T_BOOL: out = ColumnType::i64; return true;
        case PARTNERD_T_F64: out = ColumnType::f64; return true;
        case PARTNERD_T_TEXT: out = ColumnType::text; return true;
        case PARTNERD_T_BLOB: out = ColumnType::blob; return true;
        default: return false;
    }
}

partnerd_status prepare(partnerd_tx* tx, partnerd_str sql, std::int32_t const* types, std::uint32_t n, partnerd_stmt** statement,
                        partnerd_error* e) noexcept {
    if (statement == nullptr || (types == nullptr && n > 0)) return fail(e, PARTNERD_E_INVALID, "no place for the statement, or no types");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        auto const verdict = judge_sql_once(frame.instance.id, sv(sql));
        if (!verdict) return fail(e, PARTNERD_E_INVALID, verdict.error().detail + ": " + std::string(sv(sql)));
        if (verdict->writes && frame.role != Role::write) return fail(e, PARTNERD_E_STATE, "a writing statement in a snapshot");
        Frame::Lent lent;
        for (std::uint32_t i = 0; i < n; ++i) {
            ColumnType type{};
            if (!column_type(types[i], type))
                return fail(e, PARTNERD_E_INVALID, "column " + std::to_string(i) + " has a type that no column has");
            lent.types.push_back(type);
            lent.c_types.push_back(types[i]);
        }
        lent.statement = &frame.tx->prepare(sv(sql), lent.types);
        frame.statements.push_back(std::move(lent));
        *statement = frame.c_statement(frame.statements.size() - 1);
        return PARTNERD_OK;
    });
}

// Runs body(frame, lent) for a live statement of the innermost call.
template <class Body>
partnerd_status with_statement(partnerd_stmt* statement, partnerd_error* e, Body&& body) noexcept {
    std::size_t index = 0;
    auto* const frame = Frame::of(statement, index);
    if (frame == nullptr) return fail(e, PARTNERD_E_STATE, "the statement is over, or belongs to another thread");
    return in_tx(frame->c_tx(), false, e, [&](Frame& f) { return body(f.statements[index]); });
}

bool storage_value(partnerd_value const& from, Value& to) {
    switch (from.type) {
        case PARTNERD_T_NULL: to = Value(); return true;
        case PARTNERD_T_I64:
        case PARTNERD_T_TIME_US: to = Value(from.v.i64); return true;
        case PARTNERD_T_BOOL: to = Value(from.v.i64 != 0); return true;
        case PARTNERD_T_F64: to = Value(from.v.f64); return true;
        case PARTNERD_T_TEXT: to = Value(sv(from.v.bytes)); return true;
        case PARTNERD_T_BLOB:
            to = Value(sv(from.v.bytes));
            to.kind = Value::Kind::blob;
            return true;
        default: return false;
    }
}

partnerd_status bind(partnerd_stmt* statement, partnerd_str name, partnerd_value const* value, partnerd_error* e) noexcept {
    if (value == nullptr) return fail(e, PARTNERD_E_INVALID, "value is NULL");
    return with_statement(statement, e, [&](Frame::Lent& lent) -> partnerd_status {
        Value bound;
        if (!storage_value(*value, bound))
            return fail(e, PARTNERD_E_INVALID, "a value of a type that no column has; bind money as its minor units");
        lent.statement->bind(sv(name), bound);
        return PARTNERD_OK;
    });
}

partnerd_status step(partnerd_stmt* statement, partnerd_error* e) noexcept {
    return with_statement(statement, e, [&](Frame::Lent& lent) -> partnerd_status {
        lent.has_row = lent.statement->step();
        return lent.has_row ? PARTNERD_ROW : PARTNERD_DONE;
    });
}

partnerd_status column(partnerd_stmt* statement, std::uint32_t i, partnerd_value* value, partnerd_error* e) noexcept {
    if (value == nullptr) return fail(e, PARTNERD_E_INVALID, "value is NULL");
    return with_statement(statement, e, [&](Frame::Lent& lent) -> partnerd_status {
        if (!lent.has_row) return fail(e, PARTNERD_E_STATE, "there is no row");
        if (i >= lent.types.size()) return fail(e, PARTNERD_E_INVALID, "there is no column " + std::to_string(i));
        auto const read = lent.statement->column(i);
        *value = {};
        if (read.is_null()) return PARTNERD_OK;
        value->type = lent.c_types[i];
        if (lent.types[i] == ColumnType::i64) value->v.i64 = value->type == PARTNERD_T_BOOL ? (read.i64 != 0 ? 1 : 0) : read.i64;
        else if (lent.types[i] == ColumnType::f64) value->v.f64 = read.f64;
        else value->v.bytes = str(read.bytes);
        return PARTNERD_OK;
    });
}

std::int64_t affected(partnerd_stmt* statement) noexcept {
    std::int64_t changed = 0;
    with_statement(statement, nullptr, [&](Frame::Lent& lent) -> partnerd_status {
        changed = lent.statement->affected();
        return PARTNERD_OK;
    });
    return changed;
}

// A statement of a doomed unit may be given back as well.
partnerd_status end_statement(partnerd_stmt* statement, bool for_good, partnerd_error* e) noexcept {
    std::size_t index = 0;
    auto* const frame = Frame::of(statement, index);
    if (frame == nullptr) return fail(e, PARTNERD_E_STATE, "the statement is over, or belongs to another thread");
    return barrier(e, [&]() -> partnerd_status {
        auto& lent = frame->statements[index];
        lent.has_row = false;
        auto* const ended = for_good ? std::exchange(lent.statement, nullptr) : lent.statement;
        if (for_good) ended->release();
        else ended->reset();
        return PARTNERD_OK;
    });
}
partnerd_status reset(partnerd_stmt* statement, partnerd_error* e) noexcept { return end_statement(statement, false, e); }
partnerd_status release(partnerd_stmt* statement, partnerd_error* e) noexcept { return end_statement(statement, true, e); }

}  // namespace

partnerd_storage_api const storage_service = {
    sizeof(partnerd_storage_api), 0, &dialect, &transact, &lock, &prepare, &bind, &step, &column, &affected, &reset, &release};

}  // namespace partnerd::plugins
