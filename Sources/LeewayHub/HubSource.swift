/// A model on a hub, where its files are asked for.
struct HubSource: Sendable {
  var name: HubName
  /// The commit that the revision stood for when it was asked, so that all files are of one; nil where
  /// a hub does not tell.
  var commit: String?

  var revision: String { commit ?? name.revision }
}
