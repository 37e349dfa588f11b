/**
 * The script of the saved page: plain JavaScript that runs from a file, without modules or network. It gives what
 * `typePerson` gives for the same answers, which a test holds it to.
 */
export const TYPING_PAGE_SCRIPT = `'use strict';
function softmax(scores) {
  var most = Math.max.apply(null, scores);
  var raised = scores.map(function (score) { return Math.exp(score - most); });
  var sum = raised.reduce(function (a, b) { return a + b; }, 0);
  return raised.map(function (one) { return one / sum; });
}
function largest(values) {
  var best = 0;
  values.forEach(function (value, i) { if (value > values[best]) best = i; });
  return best;
}
function counted(item, answer) {
  if (typeof answer !== 'number' || !isFinite(answer)) return null;
  if (item.values.length > 0) return item.values.indexOf(answer) >= 0 ? answer : null;
  var low = item.min === null ? answer : item.min;
  var high = item.max === null ? answer : item.max;
  return Math.min(Math.max(answer, low), high);
}
function effectOf(item, answer) {
  var option = item.values.indexOf(answer);
  return option >= 0 ? item.byOption[option] : item.slopes.map(function (slope) { return slope * answer; });
}
function solve(matrix, right) {
  var n = right.length;
  var rows = matrix.map(function (row, i) { return row.concat(right[i]); });
  for (var c = 0; c < n; c++) {
    var pivot = c;
    for (var r = c + 1; r < n; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[pivot][c])) pivot = r;
    var line = rows[pivot];
    rows[pivot] = rows[c];
    rows[c] = line;
    for (var below = c + 1; below < n; below++) {
      var times = rows[below][c] / line[c];
      for (var k = c; k <= n; k++) rows[below][k] -= times * line[k];
    }
  }
  var x = [];
  for (var i = n - 1; i >= 0; i--) {
    var sum = rows[i][n];
    for (var j = i + 1; j < n; j++) sum -= rows[i][j] * x[j];
    x[i] = sum / rows[i][i];
  }
  return x;
}
function worstCase(tool, answers) {
  var scores = tool.constants.slice();
  var open = [];
  for (var i = 0; i < tool.items.length; i++) {
    var item = tool.items[i];
    if (answers[i] !== null) {
      effectOf(item, answers[i]).forEach(function (change, g) { scores[g] += change; });
    } else if (item.values.length > 0) open.push(item.byOption);
    else if (item.min === null || item.max === null) return null;
    else open.push([effectOf(item, item.min), effectOf(item, item.max)]);
  }
  var best = null;
  scores.forEach(function (score, lead) {
    var shares = softmax(scores.map(function (other, g) {
      return open.reduce(function (sum, possible) {
        return sum + Math.max.apply(null, possible.map(function (effect) { return effect[g] - effect[lead]; }));
      }, other - score);
    }));
    if (largest(shares) === lead && (best === null || shares[lead] > Math.max.apply(null, best))) best = shares;
  });
  return best;
}
function fromSome(tool, answers) {
  if (!tool.spread || !tool.priors) return null;
  var kept = [];
  var values = [];
  tool.rows.forEach(function (row, at) {
    var value = row.constant;
    for (var i = 0; i < row.parts.length; i++) {
      if (answers[row.parts[i][0]] === null) return;
      value += row.parts[i][1] * answers[row.parts[i][0]];
    }
    kept.push(at);
    values.push(row.level === null ? value : value === row.level ? 1 : 0);
  });
  if (kept.length === 0) return null;
  var within = kept.map(function (a) { return kept.map(function (b) { return tool.spread.covariance[a][b]; }); });
  return softmax(tool.spread.means.map(function (own, g) {
    var mean = kept.map(function (at) { return own[at]; });
    return solve(within, mean).reduce(function (sum, weight, at) {
      return sum + weight * (values[at] - mean[at] / 2);
    }, Math.log(tool.priors[g]));
  }));
}
function typeAnswers(tool, given) {
  var answers = tool.items.map(function (item, i) { return counted(item, given[i]); });
  var lack = answers.filter(function (answer) { return answer === null; }).length;
  var shares = worstCase(tool, answers);
  if (lack > 0 && (shares === null || Math.max.apply(null, shares) < tool.unsureBelow)) {
    shares = lack === answers.length ? null : fromSome(tool, answers);
  } else if (lack === 0) {
    var scores = tool.constants.slice();
    tool.items.forEach(function (item, i) {
      effectOf(item, answers[i]).forEach(function (change, g) { scores[g] += change; });
    });
    shares = softmax(scores);
  }
  if (shares === null) return { segment: null, shares: null, reason: 'missing', lack: lack };
  var best = largest(shares);
  if (shares[best] >= tool.unsureBelow) return { segment: best, shares: shares, reason: null, lack: lack };
  return { segment: null, shares: shares, reason: lack > 0 ? 'missing' : 'unsure', lack: lack };
}
if (typeof document !== 'undefined') {
  var tool = JSON.parse(document.getElementById('tool').textContent);
  var form = document.getElementById('questions');
  var given = function () {
    return tool.items.map(function (item, i) {
      var field = form.elements['item-' + i];
      var value = field ? field.value : '';
      return value === '' ? null : Number(value);
    });
  };
  var show = function () {
    var found = typeAnswers(tool, given());
    var says = document.getElementById('says');
    var asked = document.getElementById('asked');
    document.getElementById('result').hidden = false;
    if (found.segment !== null) says.textContent = tool.segments[found.segment];
    else if (found.reason === 'unsure') says.textContent = 'No segment: the answers stand between segments';
    else says.textContent = 'Not known yet';
    asked.textContent = found.lack === 0 ? 'All questions are answered.'
      : found.segment !== null ? 'Enough is answered; ' + found.lack + (found.lack === 1 ? ' question' : ' questions') + ' can be left open.'
      : found.lack + (found.lack === 1 ? ' question is' : ' questions are') + ' still open.';
    tool.segments.forEach(function (_, g) {
      var share = found.shares === null || found.reason === 'missing' ? null : found.shares[g];
      document.getElementById('share-' + g).textContent = share === null ? '–' : Math.round(share * 100) + '%';
      document.getElementById('bar-' + g).style.width = (share === null ? 0 : share * 100) + '%';
    });
  };
  form.addEventListener('change', show);
  form.addEventListener('submit', function (event) { event.preventDefault(); show(); });
  form.addEventListener('reset', function () { setTimeout(show, 0); });
  show();
}
`;
