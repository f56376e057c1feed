#pragma once

#include "storage/user_database.hpp"

namespace tickstock {

// What a change of a user's filters and universes may hold. Called by the store's thread.

/// Names, symbols and lengths, whatever is stored already.
Result<bool, StoreError> check_change(const UserDatabase::Change& change);

/// How many the user has after the change.
Result<bool, StoreError> check_counts(const UserRecord& after);

/// A removal that found nothing of its name.
StoreError not_found(const UserDatabase::Change& change);

/// Bytes of memory that a record takes, about.
std::size_t size_of(const UserRecord& record);

}  // namespace tickstock
