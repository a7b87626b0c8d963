#include "storage/table_set.hpp"

#include <atomic>

namespace partnerd::storage {
namespace {

std::atomic<std::size_t> sets{0};

}  // namespace

TableSet::TableSet(std::initializer_list<std::string_view> tables) : number_(sets.fetch_add(1)), tables_(tables) {}

}  // namespace partnerd::storage
