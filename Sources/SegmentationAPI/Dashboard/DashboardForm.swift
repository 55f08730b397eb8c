import Charts
import Datasets
import Segmentation

/// The form that starts a segmentation: a file, or the sample, or the data that are there, and what
/// to make of them.
///
/// Without a script it is a plain form that leads back to the page.
struct DashboardForm {
  let view: DashboardPage.View
  let series: String

  private var run: Run? {
    guard case .run(let shown) = view, !shown.run.isRestored else { return nil }
    return shown.run
  }

  private var isEmpty: Bool {
    if case .empty = view { return true }
    return false
  }

  func write(to html: inout HTMLWriter) {
    html.element(
      "form",
      [
        "id": "fit", "class": isEmpty ? "fit large" : "fit", "method": "post",
        "action": "/segments.html", "enctype": "multipart/form-data",
        "aria-label": "A new segmentation",
      ]
    ) { html in
      if isEmpty {
        html.element("h1", "Turn a customer file into segments you can act on")
      }
      html.void("input", ["type": "hidden", "name": "series", "value": series])
      html.element("div", ["class": "drop", "id": "drop"]) { html in
        html.element("div", ["class": "choose"]) { html in
          html.element("label", ["for": "file", "class": "lead"]) { html in
            html.markup(
              "<span class=\"scripted\">Drop a customer file here, or choose one</span><span class=\"plain\">Choose a customer file</span>"
            )
            html.element("small", "CSV, TSV, JSON or NDJSON")
          }
          html.void(
            "input",
            [
              "type": "file", "id": "file", "name": "file",
              "accept": ".csv,.tsv,.txt,.json,.ndjson,.jsonl,text/csv,application/json",
            ])
          html.element("button", ["type": "submit", "class": "main plain"], "Find segments")
          html.element(
            "button",
            ["type": "submit", "id": "sample", "name": "dataset", "value": "sample"],
            "Use the sample")
        }
        html.markup(
          """
          <div class="progress" id="progress" hidden><p><span id="progress-text" role="status"></span> \
          <span id="progress-time" class="muted"></span></p><progress id="progress-bar" \
          aria-labelledby="progress-text"></progress><button type="button" id="cancel">Stop</button></div>
          """)
      }
      html.element("details", ["id": "options"]) { html in
        html.element("summary", "Options")
        options(&html)
      }
    }
  }

  private func options(_ html: inout HTMLWriter) {
    html.element("div", ["class": "fields"]) { html in
      field(&html, "k", "Number of segments", "Empty: the best of the range.") { html in
        number(&html, "k", from: "1", to: "1000", placeholder: "found by itself")
      }
      field(&html, "k_min", "Fewest to try", nil) { html in
        number(&html, "k_min", from: "2", to: "1000", placeholder: "2")
      }
      field(&html, "k_max", "Most to try", nil) { html in
        number(&html, "k_max", from: "2", to: "1000", placeholder: "10")
      }
      field(&html, "min_size", "Smallest segment", "Customers, or a share such as 0.05.") { html in
        html.void(
          "input",
          [
            "id": "min_size", "name": "min_size", "inputmode": "decimal", "placeholder": "any size",
            "pattern": "[0-9]+([.][0-9]+)?", "aria-describedby": "min_size-note",
          ])
      }
      choice(
        &html, "scale", "Scale of features",
        [
          ("zscore", "Standard deviations"), ("minmax", "From 0 to 1"),
          ("robust", "Median and quartiles"), ("log", "Logarithm"), ("none", "As they are"),
        ])
      choice(
        &html, "missing", "Gaps in features",
        [
          ("drop", "Set the row aside"), ("median", "Fill with the median"),
          ("error", "Refuse the file"),
        ])
      choice(
        &html, "outliers", "Outliers",
        [
          ("keep", "Keep"), ("clip", "Move to the edge"), ("set_aside", "Assign after the fit"),
        ])
      choice(
        &html, "duplicates", "Identical rows",
        [("drop_identical", "Count once"), ("keep", "Keep all")])
      choice(
        &html, "categorical", "Categories",
        [("describe", "Describe segments"), ("onehot", "Form segments")])
      choice(
        &html, "rfm", "Rows are",
        [
          ("auto", "Recognised"), ("false", "Customers"), ("true", "Transactions"),
        ])
    }
    if let run {
      columns(of: run, &html)
    } else {
      html.element("div", ["class": "fields"]) { html in
        named(&html, "features", "Features", "Columns, separated by commas.", "all usable numbers")
        named(&html, "id", "Id column", nil, "recognised")
        named(&html, "value", "Value column", "Revenue of a customer.", "none")
      }
    }
  }

  /// The columns of the data that are there, to segment them again.
  private func columns(of run: Run, _ html: inout HTMLWriter) {
    let table = run.dataset.table
    let features = Set(run.features.filter { $0.level == nil }.map(\.column))
    let able = table.columns.indices.filter {
      table.columns[$0].isNumeric && run.dataset.idColumn != $0
    }.prefix(60)
    html.element(
      "fieldset",
      ["id": "again", "data-given": run.options.cleaning.features == nil ? nil : "true"]
    ) { html in
      html.element("legend", "The data that are here")
      html.element("div", ["class": "checks", "role": "group", "aria-label": "Features"]) { html in
        html.element("span", ["class": "label"], "Features")
        for index in able {
          html.element("label") { html in
            html.void(
              "input",
              [
                "type": "checkbox", "name": "features", "value": table.columns[index].key,
                "checked": features.contains(index) ? "" : nil,
              ])
            html.data(DashboardText.header(table.columns[index]))
          }
        }
      }
      html.element("div", ["class": "fields"]) { html in
        column(&html, "id", "Id column", run, run.dataset.idColumn.map { table.columns[$0].key })
        column(
          &html, "value", "Value column", run, run.dataset.valueColumn.map { table.columns[$0].key }
        )
        column(
          &html, "category", "Category to look at first", run,
          run.options.cleaning.category)
        column(&html, "weight", "Customers a row stands for", run, run.options.cleaning.weight)
      }
      html.element(
        "button",
        [
          "type": "submit", "class": "main", "id": "refit", "name": "dataset",
          "value": run.dataset.id,
        ], "Segment again")
      html.element(
        "span", ["class": "muted"],
        "Options above count for a new file, too; columns are for the data that are here.")
    }
  }

  // MARK: Fields

  private func field(
    _ html: inout HTMLWriter, _ name: String, _ label: String, _ note: String?,
    _ control: (inout HTMLWriter) -> Void
  ) {
    html.element("div", ["class": "field"]) { html in
      html.element("label", ["for": name], label)
      control(&html)
      if let note { html.element("small", ["id": "\(name)-note"], note) }
    }
  }

  private func number(
    _ html: inout HTMLWriter, _ name: String, from: String, to: String, placeholder: String
  ) {
    html.void(
      "input",
      [
        "type": "number", "id": name, "name": name, "min": from, "max": to,
        "placeholder": placeholder,
        "aria-describedby": name == "k" ? "k-note" : nil,
      ])
  }

  private func named(
    _ html: inout HTMLWriter, _ name: String, _ label: String, _ note: String?,
    _ placeholder: String
  ) {
    field(&html, name, label, note) { html in
      html.void(
        "input",
        [
          "id": name, "name": name, "placeholder": placeholder, "autocomplete": "off",
          "aria-describedby": note == nil ? nil : "\(name)-note",
        ])
    }
  }

  private func choice(
    _ html: inout HTMLWriter, _ name: String, _ label: String,
    _ options: [(value: String, label: String)]
  ) {
    field(&html, name, label, nil) { html in
      html.element("select", ["id": name, "name": name]) { html in
        for option in options {
          html.element("option", ["value": option.value], option.label)
        }
      }
    }
  }

  private func column(
    _ html: inout HTMLWriter, _ name: String, _ label: String, _ run: Run, _ chosen: String?
  ) {
    field(&html, name, label, nil) { html in
      html.element("select", ["id": name, "name": name]) { html in
        html.element("option", ["value": ""], name == "id" ? "recognised" : "none")
        for column in run.dataset.table.columns.prefix(200) {
          html.element(
            "option",
            [
              "value": column.key,
              "selected": chosen == column.key || chosen == column.header ? "" : nil,
            ], DashboardText.header(column))
        }
      }
    }
  }
}

extension DashboardText {
  /// A header as given, or the key of a column without one.
  static func header(_ column: Column) -> String {
    let header = Label.clean(column.header)
    return header.isEmpty ? column.key : header
  }
}
