// store/index.ts: queries by reader. How to open a database has entries of its own: open.node.ts, open.web.ts.
export type { EventRow, LedgerLine, LedgerOutcome, WriteJob } from './accept.ts';
export { acceptJobs, acceptMessage, acceptStatements, forgetWrittenMessages, UNKNOWN_SITE } from './accept.ts';
export type { Annotation } from './annotations.ts';
export { addAnnotation, ANNOTATIONS_MAX, readAnnotations, removeAnnotation } from './annotations.ts';
export type { AccountRef, StoredLink, Unlinking } from './accounts.ts';
export { isVisitorKey, linksAround, readLinks, unlink, visitorsOfAccounts, visitorsOfKeys } from './accounts.ts';
export type { StoredCheckpoint } from './audit.ts';
export {
  appendAudit,
  auditStatement,
  eraseAuditEntry,
  readAuditLog,
  auditSize,
  readAuditSlice,
  readCheckpoints,
  readLastPurge,
  signCheckpoint,
} from './audit.ts';
export type { CopyFault, GroundFigures } from './backup.ts';
export { copyGround, findCopyFault, readGroundFigures, readKeptOfAny } from './backup.ts';
export { acceptClock, observeClock, readClock } from './clock.ts';
export type { ConsentCount } from './consent-counts.ts';
export { readConsentCounts, sumConsents } from './consent-counts.ts';
export type { Db, SiteRow } from './db.ts';
export type { DeadLetter, FiledLetter, KeptLetter, LetterChoice, LetterTotals, LetterVia } from './dead-letters.ts';
export { dropStatements, hasLetterOf, letterVisitorStatement, readLetters, readLetterTotals } from './dead-letters.ts';
export type { ExportColumn, ExportSlice, ExportWindow } from './export-events.ts';
export { EXPORT_COLUMNS, exportSlices, exportSlicesBeside, readSnapshot } from './export-events.ts';
export type { ExportFormat, TextFormat } from './export-formats.ts';
export { EXPORT_FORMATS, EXPORT_TEXTS } from './export-formats.ts';
export type { EventExport, ExportPart } from './exports.ts';
export {
  addExport,
  EXPORT_EVENTS_MAX,
  EXPORT_MS,
  EXPORTS_KEPT,
  planExport,
  readExports,
  removeExport,
} from './exports.ts';
export type { HeldField, HeldRecords, HeldSalt, Holdings } from './holdings.ts';
export { HELD_FIELDS, readHeldRecords, readHeldSalts, readHoldings } from './holdings.ts';
export type { StoredDestination } from './destinations.ts';
export { LETTER_DAYS_MAX } from './dead-letters.ts';
export { DESTINATIONS_MAX, readDestinations, removeDestination, setDestination } from './destinations.ts';
export type { Lease } from './lease.ts';
export { acquireLease, LIVE_HOLDER, releaseLease, renewLease } from './lease.ts';
export type { LedgerEntry } from './ledger.ts';
export type { Mended } from './letter-replay.ts';
export { replayStatements } from './letter-replay.ts';
export { pingDatabase, readLedger } from './ledger.ts';
export type { Release } from './published.ts';
export { readOldestRows } from './oldest-rows.ts';
export {
  currentRelease,
  readReleaseRounds,
  readSegmentHistory,
  releasedModel,
  releasedSegment,
  releasedSegments,
} from './published.ts';
export type { ErasedRows, Erasure, ErasureNeeds } from './erasure.ts';
export { eraseVisitor, replayTombstones } from './erasure.ts';
export type { ErasureReceipt } from './erasure-receipt.ts';
export { readErasureReceipt, signErasureReceipt } from './erasure-receipt.ts';
export type { Kept } from './kept-aside.ts';
export { addKept, decodeKept, encodeKept, erasureKept, NOBODY_KEPT, objectionKept, readKept } from './kept-aside.ts';
export { keptChoicesOf } from './kept-choices.ts';
export { readUntellableBefore } from './lost-salts.ts';
export type { PurgedSince } from './purged-since.ts';
export { readPurgedSince } from './purged-since.ts';
export type { ClassPreview } from './retention-preview.ts';
export { previewRetention } from './retention-preview.ts';
export { leaveSegments, markObjectors, objectionStatements, objectionWithdrawalStatements } from './objection.ts';
export type {
  NewRequest,
  PrivacyRequest,
  RequestKind,
  RequestOutcome,
  RequestStatus,
  RequestStep,
  SubjectKind,
} from './privacy-requests.ts';
export {
  addRequestStep,
  closeRequest,
  findRepeated,
  findRequest,
  listRequests,
  noteOutcome,
  openRequests,
  REQUEST_KINDS,
  requestStatements,
  REQUESTS_MAX,
  requestVisitors,
} from './privacy-requests.ts';
export type { Choice, Receipt } from './receipts.ts';
export { choiceStatements, leaveOnWithdrawal, readReceipts } from './receipts.ts';
export type { WithdrawalPurge } from './withdrawals.ts';
export { purgeWithdrawals } from './withdrawals.ts';
export type { SiteRetention } from './retention.ts';
export { readRetention, setRetention } from './retention.ts';
export type { RetentionFinding } from './retention-check.ts';
export { checkDamage } from './check-damage.ts';
export { checkRetention } from './retention-check.ts';
export type { PurgeNeeds, PurgeReport, SitePurge } from './retention-purge.ts';
export { purgeExpired } from './retention-purge.ts';
export type { PurgedRecords } from './retention-records.ts';
export type { MemberChange, RuleMark } from './rule-members.ts';
export {
  beginSweep,
  CHANGES_KEPT_DAYS,
  endSweep,
  readArrivals,
  readLiveSites,
  readMemberships,
  readRuleMark,
  readRuleMembers,
  readSampledMembers,
  saveChanges,
} from './rule-members.ts';
export type { KeptSegment, KeptSegments } from './rule-segments.ts';
export { putRuleSegment, readClusterIds, readRuleSegments, removeRuleSegment } from './rule-segments.ts';
export type { KeptSiteTraits } from './site-traits.ts';
export { putSiteTraits, readSiteTraits } from './site-traits.ts';
export type { KeptVisitorModel, VisitorModel, VisitorModelKind } from './visitor-models.ts';
export { readVisitorModels, readVisitorModelsMark, saveVisitorModels } from './visitor-models.ts';
export type { FiledEvent, VisitorFile } from './visitor-file.ts';
export { FILE_EVENTS_MAX, readVisitorFile } from './visitor-file.ts';
export type { LeaseNeeds } from './with-lease.ts';
export type { WrappedSalt } from './salts.ts';
export {
  abandonedKeys,
  deleteSalt,
  expiredSalts,
  findSalt,
  followSalt,
  forgetPendingKeys,
  insertSaltStatement,
  liveSalts,
  notePendingKey,
  readLongSalts,
  readSalts,
} from './salts.ts';
export { readLedgerSince, readLedgerTotals, readSaltCounts, readTaskRuns, recordTaskRun } from './metrics.ts';
export type { PlanFindingCount, StoredPlan } from './tracking-plans.ts';
export { dropTrackingPlan, readPlanFindings, readTrackingPlan, setTrackingPlan } from './tracking-plans.ts';
export type { PolicyVersion, TreatedEvents } from './policies.ts';
export { readPolicyHistory, readTreated, setPolicy } from './policies.ts';
export type { Claim, IdempotentRequest } from './idempotent-answers.ts';
export { claimAnswer, dropClaim, keepAnswer } from './idempotent-answers.ts';
export type { NewPerson, Person, PersonChange, RoleHeld } from './people.ts';
export { addPersonStatements, changePerson, isLoginTaken, PEOPLE_MAX, readPeople, removePerson } from './people.ts';
export type { LoginMatch, ProviderLogin } from './provider-logins.ts';
export { addByRule, logInByProvider, matchLogin } from './provider-logins.ts';
export type { GivenCode, Session, SessionOwner, SessionToken } from './sessions.ts';
export {
  CODE_ATTEMPTS_MAX,
  endAllAccess,
  endSessionStatements,
  findSession,
  forgetEndedAccess,
  logInByCode,
  loginCodeStatements,
  tokenSessionStatements,
} from './sessions.ts';
export type { SignedToken, SigningKeyRecord } from './tokens.ts';
export {
  dropSigningKey,
  findToken,
  readRevoked,
  readSigningKeys,
  readTokens,
  revokeToken,
  rotateSigningKey,
  tokenStatements,
} from './tokens.ts';
export type { Site, SiteSettings } from './sites.ts';
export { addSite, changeSite, findSite, listSites, setBotRules } from './sites.ts';
export type { PackedProfiles, StoredProfile } from './packed-profiles.ts';
export { createPacker } from './packed-profiles.ts';
export type { EventSlice, StoredEvent } from './event-slices.ts';
export { readEventSlice } from './event-slices.ts';
export type {
  FoldedSlice,
  NewRelease,
  StoredModel,
  Watermark,
} from './segmenter.ts';
export {
  countEventsAfter,
  countProfiles,
  MODELS_KEPT,
  nextVersion,
  readClusterMembers,
  readProfiles,
  readReleasedModel,
  readSampledProfiles,
  readStates,
  readWatermark,
  resetFold,
  saveFold,
  saveProfiles,
  saveRelease,
} from './segmenter.ts';
export type { ReportRange, ReportReader, ReportRow } from './reports/event-source.ts';
export { hasArrivals, newestArrival } from './reports/event-source.ts';
export type { ExactCount, ExactDay, ExactOverview } from './reports/overview.ts';
export { readOverview } from './reports/overview.ts';
export type { ReportResult } from './reports/results.ts';
export { keepResults, readResults, readSpent, readSpentOn } from './reports/results.ts';
export { takeLoginTry } from './login-tries.ts';
export type { ImportEnd, ImportProgress, ImportRun } from './imports.ts';
export { importBegins, importEnds, importGoesOn, INTERRUPTED, interruptImports, readImports } from './imports.ts';
export type { Insight, KeptInsight } from './insights.ts';
export type { KeptVersion, ReleaseRefusal, ReleaseSite } from './releases.ts';
export { readHold, readVersions, resumeReleases, rollBack, saveHeldMembers } from './releases.ts';
export type { KeptRun, RunEnd, RunOutcome, RunStage } from './runs.ts';
export { beginRun, endRun, readRuns, RUN_OUTCOMES, RUNS_KEPT } from './runs.ts';
export { readInsight, readInsights, saveInsights } from './insights.ts';
export type { ExactCohort, ExactMove } from './reports/journeys.ts';
export { FUNNEL_STEPS_MAX, readCohorts, readFunnel, readPaths, RETENTION_WEEKS_MAX } from './reports/journeys.ts';
export type { LiveEvent } from './live-events.ts';
export { readLiveEvents } from './live-events.ts';
export { readBaskets } from './reports/baskets.ts';
export type { OwnSegments } from './own-segments.ts';
export { readOwnSegments } from './own-segments.ts';
export type { StoredMember } from './members.ts';
export { readMembers } from './members.ts';
export type { ExactFavourite, ExactSegmentTotals, FavouriteKind } from './reports/by-segment.ts';
export { readFavourites, readOverlaps, readSegmentTotals } from './reports/by-segment.ts';
