#include "storage/postgresql_gather.hpp"

#include <bit>

#include "domain/invariant.hpp"

namespace partnerd::storage {
namespace {

// From pg_type.dat of PostgreSQL; these numbers never change.
std::uint32_t element_oid(ColumnType type) {
    switch (type) {
        case ColumnType::i64: return 20;
        case ColumnType::f64: return 701;
        case ColumnType::text: return 25;
        case ColumnType::blob: return 17;
    }
    return 0;
}

template <class Number>
void put_number(std::string& out, Number number) {
    for (int shift = static_cast<int>(sizeof number) * 8 - 8; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

constexpr std::uint32_t null_size = 0xffffffff;

// One dimension that counts from 1; array_recv of PostgreSQL's arrayfuncs.c.
std::string array_of(ColumnType type, std::int32_t count, bool has_null, std::string const& elements) {
    std::string out;
    out.reserve(elements.size() + 20);
    for (auto const number : {std::uint32_t{1}, std::uint32_t{has_null}, element_oid(type), static_cast<std::uint32_t>(count), std::uint32_t{1}})
        put_number(out, number);
    return out += elements;
}

}  // namespace

void PostgresqlGather::Rows::clear() {
    count = 0;
    for (auto& column : columns) column.clear();
    has_null.assign(columns.size(), false);
    known.clear();
    sums.clear();
}

void PostgresqlGather::clear() {
    for (auto* rows : order_) rows->clear();
    order_.clear();
}

void PostgresqlGather::append(Rows& rows, std::size_t column, Value const& value) {
    auto& out = rows.columns[column];
    switch (value.kind) {
        case Value::Kind::null:
            rows.has_null[column] = true;
            return put_number(out, null_size);
        case Value::Kind::i64: put_number(out, std::uint32_t{8}); return put_number(out, static_cast<std::uint64_t>(value.i64));
        case Value::Kind::f64: put_number(out, std::uint32_t{8}); return put_number(out, std::bit_cast<std::uint64_t>(value.f64));
        case Value::Kind::text:
        case Value::Kind::blob: put_number(out, static_cast<std::uint32_t>(value.bytes.size())); out += value.bytes;
    }
}

// One statement may add to a row once only, so that what belongs to one key is added up here.
bool PostgresqlGather::add_to_known(Rows& rows, std::span<Value const> row) {
    auto const keys = rows.shape->keys();
    std::string key;
    for (auto const& value : row.first(keys)) {
        put_number(key, static_cast<std::uint64_t>(value.kind == Value::Kind::i64 ? value.i64 : static_cast<std::int64_t>(value.bytes.size())));
        key += value.bytes;
    }
    auto const [found, is_new] = rows.known.try_emplace(std::move(key), rows.sums.size());
    for (std::size_t i = keys; i < row.size(); ++i) {
        if (is_new) {
            rows.sums.push_back(row[i].i64);
            continue;
        }
        auto& sum = rows.sums[found->second + i - keys];
        if (__builtin_add_overflow(sum, row[i].i64, &sum)) throw Failure(Failure::Category::other, "a sum is too large: " + rows.shape->one_row());
    }
    return !is_new;
}

void PostgresqlGather::add(RowShape const& shape, std::span<Value const> row) {
    PARTNERD_INVARIANT(row.size() == shape.types().size());
    if (by_shape_.size() <= shape.number()) by_shape_.resize(shape.number() + 1);
    auto& slot = by_shape_[shape.number()];
    if (slot == nullptr) {
        slot = std::make_unique<Rows>();
        slot->shape = &shape;
        slot->columns.resize(row.size());
        slot->has_null.assign(row.size(), false);
    }
    if (slot->count == 0) order_.push_back(slot.get());
    if (shape.adds() && add_to_known(*slot, row)) return;
    auto const appended = shape.adds() ? shape.keys() : row.size();
    for (std::size_t i = 0; i < appended; ++i) append(*slot, i, row[i]);
    ++slot->count;
}

PostgresqlCall PostgresqlGather::call_of(Rows& rows, std::string name) {
    auto const& types = rows.shape->types();
    auto const added = types.size() - rows.shape->keys();
    if (rows.shape->adds())
        for (std::size_t i = 0; i < rows.sums.size(); ++i) append(rows, rows.shape->keys() + i % added, Value(rows.sums[i]));
    PostgresqlCall call{rows.shape->many_rows(), std::move(name), {}, true};
    for (std::size_t i = 0; i < types.size(); ++i) call.values.emplace_back(array_of(types[i], rows.count, rows.has_null[i], rows.columns[i]));
    return call;
}

}  // namespace partnerd::storage
